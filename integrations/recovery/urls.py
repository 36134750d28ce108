"""The pages about what did not arrive, and about sending it again."""

from django.urls import path

from integrations.recovery import job_views, resync_views, views

app_name = "recovery"

urlpatterns = [
    path("dead-letters", views.dead_letters, name="dead_letters"),
    path("dead-letters/list", views.letters, name="letters"),
    path("dead-letters/<slug:name>", views.letter, name="letter"),
    path("dead-letters/<slug:name>/again", views.again, name="again"),
    path("dead-letters/<slug:name>/edit", views.edit, name="edit"),
    path("replays", job_views.jobs, name="jobs"),
    path("replays/new", job_views.plan, name="plan"),
    path("replays/<int:number>", job_views.job, name="job"),
    path("replays/<int:number>/change", job_views.change, name="change"),
    path("replays/<int:number>/result.csv", job_views.result, name="result"),
    path("resync", resync_views.resync, name="resync"),
]

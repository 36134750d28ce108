from django.urls import path

from integrations.insight import views

app_name = "insight"
urlpatterns = [
    path("statistics", views.statistics, name="statistics"),
    path("statistics/<slug:table>.csv", views.table_as_csv, name="csv"),
]

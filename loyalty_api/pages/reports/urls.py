"""The pages of reports."""

from django.urls import include, path

from loyalty_api.pages.reports import views

REPORTS = [
    path("", views.reports, name="reports"),
    path("/<slug:report>", views.reports, name="report"),
    path("/<slug:report>.csv", views.report_as_csv, name="csv"),
]

urlpatterns = [path("programs/<str:code>/reports", include((REPORTS, "reports")))]

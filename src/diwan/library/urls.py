"""Addresses under ``/<language>/library/``."""

from django.urls import path

from . import views

app_name = "library"

urlpatterns = [
    path("", views.documents, name="documents"),
    path("add/", views.add, name="add_document"),
    path("<uuid:pk>/", views.document, name="document"),
    path("<uuid:pk>/correct/", views.correct, name="correct_document"),
]

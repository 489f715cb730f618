"""Addresses under ``/<language>/trail/``."""

from django.urls import path

from diwan.ui import views

app_name = "ui"

urlpatterns = [path("<str:kind>/<uuid:record_id>/", views.trail, name="trail")]

"""Addresses under ``/<language>/exchange/``."""

from django.urls import path

from . import views

app_name = "interop"

urlpatterns = [
    path("", views.registers, name="registers"),
    path("register.yaml", views.export, name="export"),
    path("register.zip", views.export_archive, name="export_archive"),
]

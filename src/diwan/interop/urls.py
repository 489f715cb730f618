"""Addresses under ``/<language>/exchange/``."""

from django.urls import path

from .views import registers

app_name = "interop"

urlpatterns = [
    path("", registers.registers, name="registers"),
    path("register.yaml", registers.export, name="export"),
    path("register.zip", registers.export_archive, name="export_archive"),
]

"""Addresses under ``/<language>/exchange/``."""

from django.urls import path

from .views import registers, tables

app_name = "interop"

urlpatterns = [
    path("", registers.registers, name="registers"),
    path("register.yaml", registers.export, name="export"),
    path("register.zip", registers.export_archive, name="export_archive"),
    path("open/", tables.tables, name="tables"),
    path("open/datapackage.json", tables.data_package, name="data_package"),
    path("open/<slug:key>.csv", tables.table_csv, name="table_csv"),
    path("open/<slug:key>.json", tables.table_json, name="table_json"),
    path("open/<slug:key>/", tables.table, name="table"),
    path("open/<slug:key>/<slug:way>/", tables.switch_table, name="switch_table"),
    path("roster/<str:key>/<uuid:record_id>/", tables.roster, name="roster"),
]

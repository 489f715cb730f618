"""Addresses under ``/<language>/exchange/``."""

from django.urls import path

from .views import registers, tables, webhooks

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
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.make_webhook, name="make_webhook"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:webhook_id>/remove/", webhooks.remove_webhook, name="remove_webhook"),
    path(
        "webhooks/<uuid:webhook_id>/<uuid:delivery_id>/again/",
        webhooks.redeliver,
        name="redeliver",
    ),
    path(
        "webhooks/<uuid:webhook_id>/step/<slug:step>/", webhooks.webhook_step, name="webhook_step"
    ),
    path("roster/<str:key>/<uuid:record_id>/", tables.roster, name="roster"),
]

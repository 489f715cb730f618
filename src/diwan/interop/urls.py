"""Addresses under ``/<language>/exchange/``."""

from django.urls import path, re_path

from .views import (
    bpmn,
    cpsv,
    feeds,
    oparl,
    open311,
    openrosa,
    popolo,
    registers,
    tables,
    webhooks,
)

app_name = "interop"

# Without a language in front, since programs ask for it: the feed speaks its user's.
feed_patterns = [path("<str:token>.ics", feeds.read_feed, name="calendar_feed")]

oparl_patterns = [
    path("", oparl.system, name="oparl"),
    path("bodies", oparl.bodies, name="oparl_bodies"),
    path("file/<uuid:record>/content", oparl.content, name="oparl_content"),
    path("<slug:word>/<uuid:record>", oparl.one, name="oparl_object"),
    path("<slug:word>/<uuid:record>/<slug:name>", oparl.several, name="oparl_list"),
]

# The catalogue of services (CPSV-AP).
cpsv_patterns = [
    path("cpsv", cpsv.cpsv, name="cpsv"),
    path("cpsv.ttl", cpsv.cpsv, {"form": "ttl"}, name="cpsv_turtle"),
    path("cpsv.jsonld", cpsv.cpsv, {"form": "jsonld"}, name="cpsv_json"),
]

# Apps for reports (Open311); each address ends in .json or .xml.
open311_patterns = [
    re_path(r"^services\.(?P<form>json|xml)$", open311.services, name="open311_services"),
    re_path(
        r"^services/(?P<code>[-\w]+)\.(?P<form>json|xml)$",
        open311.service,
        name="open311_service",
    ),
    re_path(r"^requests\.(?P<form>json|xml)$", open311.requests, name="open311_requests"),
    re_path(
        r"^requests/(?P<identifier>[-\w]+)\.(?P<form>json|xml)$",
        open311.one_request,
        name="open311_request",
    ),
    re_path(
        r"^request/(?P<identifier>[-\w]+)\.(?P<form>json|xml)$",
        open311.one_request,
        {"several": False},
        name="open311_alone",
    ),
]

# Apps that fill in forms (OpenRosa): the words of the addresses are the standard's.
openrosa_patterns = [
    path("formList", openrosa.form_list, name="openrosa_list"),
    path("forms/<slug:form_id>.xml", openrosa.form, name="openrosa_form"),
    path("forms/<slug:form_id>/manifest", openrosa.manifest, name="openrosa_manifest"),
    path("submission", openrosa.submission, name="openrosa_submission"),
]

urlpatterns = [
    path("", registers.registers, name="registers"),
    path("register.yaml", registers.export, name="export"),
    path("register.zip", registers.export_archive, name="export_archive"),
    path("open/", tables.tables, name="tables"),
    path("open/popolo.json", popolo.popolo, name="popolo"),
    path("open/datapackage.json", tables.data_package, name="data_package"),
    path("open/<slug:key>.csv", tables.table_csv, name="table_csv"),
    path("open/<slug:key>.json", tables.table_json, name="table_json"),
    path("open/<slug:key>/", tables.table, name="table"),
    path("open/<slug:key>/<slug:way>/", tables.switch_table, name="switch_table"),
    path("calendars/", feeds.feeds, name="feeds"),
    path("calendars/make/", feeds.make_feed, name="make_feed"),
    path("calendars/make/<uuid:body_id>/", feeds.make_body_feed, name="make_body_feed"),
    path("calendars/<uuid:feed_id>/renew/", feeds.renew_feed, name="renew_feed"),
    path("calendars/<uuid:feed_id>/remove/", feeds.remove_feed, name="remove_feed"),
    path("services/<str:country>/<slug:code>.bpmn", bpmn.bpmn, name="bpmn"),
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

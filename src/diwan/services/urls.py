"""The room's addresses, under `/<language>/services/`.

The first word of each is one that no service may have as its code (`rules.workbook` refuses them);
the page of a service comes last.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import catalogue, complain, follow, rate, receipt, service

app_name = "services"
citizens: list[URLPattern] = [
    path("", catalogue.catalogue, name="catalogue"),
    path("events/<slug:event>/", catalogue.catalogue, name="events"),
    path("complain/", complain.complain, name="complain"),
    path("follow/", follow.follow, name="follow"),
    path("follow/<str:code>/", follow.case_page, name="followed"),
    path("follow/<str:code>/bring/", follow.bring, name="bring"),
    path("follow/<str:code>/withdraw/", follow.withdraw, name="withdraw"),
    path("follow/<str:code>/reopen/", follow.reopen, name="reopen"),
    path("follow/<str:code>/steps/<slug:key>/", follow.applicant_step, name="applicant_step"),
    path("follow/<str:code>/files/<uuid:pk>/", follow.output, name="output"),
    path("rate/<str:secret>/", rate.judge, name="rate"),
    path("receipt/<str:code>/", receipt.receipt, name="receipt"),
    path("receipt/<str:code>/a4.pdf", receipt.receipt_a4, name="receipt_a4"),
    path("receipt/<str:code>/slip.pdf", receipt.receipt_slip, name="receipt_slip"),
    path("receipt/<str:code>/closing.pdf", receipt.closing_slip, name="closing_slip"),
]
services: list[URLPattern] = [path("<slug:code>/", service.service, name="service")]
urlpatterns: list[URLPattern] = [*citizens, *services]

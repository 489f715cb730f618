"""The room's addresses, under `/<language>/services/`.

The first word of each is one that no service may have as its code (`rules.workbook` refuses them);
the page of a service comes last.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import (
    case,
    case_steps,
    catalogue,
    complain,
    counter,
    drafts,
    figures,
    files,
    filing,
    follow,
    late,
    manage,
    manage_difference,
    manage_steps,
    manage_upload,
    manage_version,
    rate,
    receipt,
    service,
    trying,
    work,
    work_batch,
)

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
forms: list[URLPattern] = [
    path("counter/", counter.counter, name="counter"),
    path("counter/filed/<uuid:pk>/", counter.counter_filed, name="counter_filed"),
    path("counter/<slug:code>/", counter.counter_file, name="counter_file"),
    path("draft/<str:secret>/", drafts.draft, name="draft"),
    path("draft/<str:secret>/later/", drafts.later, name="later"),
    path("draft/<str:secret>/throw-away/", drafts.throw_away, name="throw_away"),
    path("draft/<str:secret>/files/<uuid:pk>/", files.draft_file, name="draft_file"),
    path("manage/versions/<uuid:pk>/try/", trying.try_version, name="try"),
    path("manage/versions/<uuid:pk>/try/files/<uuid:given>/", trying.try_file, name="try_file"),
    path("<slug:code>/file/", filing.file, name="file"),
]
clerks: list[URLPattern] = [
    path("work/", work.work, name="work"),
    path("work/next/", work.next_case, name="next"),
    path("work/batch/", work_batch.batch, name="batch"),
    path("work/late/", late.late, name="late"),
    path("work/late.csv", late.late_file, name="late_file"),
    path("cases/<uuid:pk>/", case.case, name="case"),
    path("cases/<uuid:pk>/files/<uuid:file>/", case.file, name="case_file"),
    path("cases/<uuid:pk>/act/<slug:key>/", case_steps.act, name="act"),
    path(
        "cases/<uuid:pk>/inquiries/<uuid:inquiry>/<slug:step>/",
        case_steps.inquiry_step,
        name="inquiry_step",
    ),
    path("cases/<uuid:pk>/closing.pdf", receipt.print_closing_slip, name="print_closing"),
    path("cases/<uuid:pk>/<slug:step>/", case_steps.case_step, name="case_step"),
]
writers: list[URLPattern] = [
    path("manage/", manage.manage, name="manage"),
    path("manage/upload/", manage_upload.upload, name="upload"),
    path("manage/<uuid:pk>/", manage.manage_service, name="manage_service"),
    path("manage/<uuid:pk>/upload/", manage_upload.upload_version, name="upload_version"),
    path("manage/<uuid:pk>/close/", manage_steps.close, name="close_service"),
    path("manage/<uuid:pk>/open/", manage_steps.reopen_service, name="open_service"),
    path("manage/versions/<uuid:pk>/", manage_version.version, name="version"),
    path("manage/versions/<uuid:pk>/difference/", manage_difference.difference, name="difference"),
    path("manage/versions/<uuid:pk>/publish/", manage_steps.publish, name="publish"),
    path("manage/versions/<uuid:pk>/discard/", manage_steps.discard, name="discard"),
    path("manage/versions/<uuid:pk>/workbook/", manage_version.workbook, name="workbook"),
    path(
        "manage/versions/<uuid:pk>/workbook.md", manage_version.workbook_twin, name="workbook_twin"
    ),
    path(
        "manage/versions/<uuid:pk>/workbook.xlsx",
        manage_version.workbook_sheet,
        name="workbook_sheet",
    ),
]
heads: list[URLPattern] = [
    path("figures/", figures.figures, name="figures"),
    path("figures.csv", figures.figures_file, name="figures_file"),
]
urlpatterns: list[URLPattern] = [*heads, *writers, *clerks, *citizens, *forms, *services]

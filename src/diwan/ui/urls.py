"""Addresses of what every room has: trail, jobs, outbox, seals and retention."""

from django.urls import path

from diwan.ui.views import jobs, links, numbers, outbox, retention, seals, trails

app_name = "ui"

urlpatterns = [
    path("trail/<str:kind>/<uuid:record_id>/", trails.trail, name="trail"),
    path("numbers/<str:kind>/<uuid:record_id>/", numbers.numbers, name="numbers"),
    path("links/<str:kind>/<uuid:record_id>/", links.join, name="join"),
    path("links/<str:kind>/<uuid:record_id>/<uuid:link_id>/part/", links.part, name="part"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/restart/", jobs.restart, name="restart_job"),
    path("jobs/<uuid:job_id>/drop/", jobs.drop, name="drop_job"),
    path("seals/", seals.seals, name="seals"),
    path("seals/verify/", seals.verify_seals, name="verify_seals"),
    path("seals/file/", seals.seals_file, name="seals_file"),
    path("retention/", retention.periods, name="retention"),
    path("retention/<str:kind>/", retention.change_period, name="change_period"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<uuid:notice_id>/again/", outbox.send_again, name="send_notice_again"),
    path("outbox/<uuid:notice_id>/leave/", outbox.leave, name="leave_notice"),
]

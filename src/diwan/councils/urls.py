"""The room's addresses: the register with its actions, and the bodies with their meetings."""

from django.urls import path

from diwan.councils.views import (
    actions,
    actions_add,
    actions_confirm,
    actions_steps,
    agenda,
    attendance,
    bodies,
    bodies_steps,
    bylaws,
    drafts,
    felt,
    invitations,
    meetings,
    meetings_steps,
    members,
    minutes,
    minutes_steps,
    objections,
    offers,
    papers,
    participation,
    proofs,
    proposals,
    register,
    replies,
    resolutions,
    room,
    statements,
    verify,
)

app_name = "councils"

REGISTER = [
    path("register/", register.register, name="register"),
    path("resolutions/<uuid:pk>/", resolutions.resolution, name="resolution"),
    path("resolutions/<uuid:pk>/object/", objections.file_objection, name="object"),
    path("objections/<uuid:pk>/answer/", objections.answer, name="answer_objection"),
    path("resolutions/<uuid:pk>/add-action/", actions_add.add, name="add_action"),
    path("actions/<uuid:pk>/", actions.action, name="action"),
    path("actions/<uuid:pk>/<slug:step>/", actions_steps.step, name="action_step"),
    path("meetings/<uuid:pk>/confirm/", actions_confirm.confirm, name="confirm"),
    path("proofs/<uuid:pk>/", proofs.proof, name="proof"),
]

BODIES = [
    path("bodies/", bodies.bodies, name="bodies"),
    path("bodies/make/", bodies_steps.make_body, name="make_body"),
    path("bodies/<uuid:pk>/", bodies.body, name="body"),
    path("bodies/<uuid:pk>/change/", bodies_steps.change_body, name="change_body"),
    path("bodies/<uuid:pk>/correct/", bodies_steps.correct_body, name="correct_body"),
    path("bodies/<uuid:pk>/dissolve/", bodies_steps.dissolve_body, name="dissolve_body"),
    path("bodies/<uuid:pk>/numbering/", bodies_steps.numbering, name="numbering"),
    path("bodies/<uuid:pk>/bylaws/", bylaws.bylaws, name="bylaws"),
    path("bodies/<uuid:pk>/oversees/", bodies_steps.oversee, name="oversee"),
    path("bodies/<uuid:pk>/felt/", felt.felt, name="felt"),
    path("bodies/<uuid:pk>/participation/", participation.took_part, name="participation"),
    path("bodies/<uuid:pk>/term/", bodies_steps.start_term, name="start_term"),
    path("bodies/<uuid:pk>/seat/", members.add_member, name="add_member"),
    path("bodies/<uuid:pk>/plan/", meetings_steps.plan_meeting, name="plan_meeting"),
    path("bodies/<uuid:pk>/record/", meetings_steps.record_meeting, name="record_meeting"),
    path("bodies/seats/<uuid:lineage>/end/", members.end_member, name="end_member"),
    path("bodies/seats/<uuid:lineage>/correct/", members.correct_member, name="correct_member"),
    path("bodies/seated/<uuid:pk>/end/", members.unseat, name="unseat"),
]

MEETINGS = [
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<uuid:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:pk>/sheet/", meetings.meeting_sheet, name="meeting_sheet"),
    path("meetings/<uuid:pk>/change/", meetings_steps.change_meeting, name="change_meeting"),
    path("meetings/<uuid:pk>/invite/", invitations.invite, name="invite"),
    path("meetings/<uuid:pk>/reply/", replies.reply, name="reply"),
    path("meetings/<uuid:pk>/replies/", replies.replies, name="replies"),
    path("meetings/<uuid:pk>/hold/", meetings_steps.hold_meeting, name="hold_meeting"),
    path("meetings/<uuid:pk>/correct/", meetings_steps.correct_meeting, name="correct_meeting"),
    path("meetings/<uuid:pk>/cancel/", meetings_steps.cancel_meeting, name="cancel_meeting"),
    path("meetings/<uuid:pk>/room/", room.room, name="room"),
    path("meetings/<uuid:pk>/room/<slug:step>/", room.room_step, name="room_step"),
    path("meetings/attendance/<uuid:pk>/", attendance.attendance, name="attendance"),
    path("meetings/<uuid:pk>/agenda/", agenda.agenda, name="agenda"),
    path("meetings/<uuid:pk>/agenda/order/", agenda.order_agenda, name="order_agenda"),
    path(
        "meetings/<uuid:pk>/agenda/<str:kind>/<uuid:record_id>/", offers.add_point, name="add_point"
    ),
    path(
        "meetings/<uuid:pk>/agenda/<str:kind>/<uuid:record_id>/aside/",
        offers.drop_point,
        name="drop_point",
    ),
    path("meetings/aside/<uuid:pk>/offer/", offers.take_back_drop, name="take_back_drop"),
    path("meetings/<uuid:pk>/propose/", proposals.propose_item, name="propose_item"),
    path("meetings/items/<uuid:pk>/papers/", papers.papers, name="papers"),
    path("meetings/papers/<uuid:pk>/", papers.paper, name="paper"),
    path("meetings/papers/<uuid:pk>/remove/", papers.remove_paper, name="remove_paper"),
    path("meetings/items/<uuid:pk>/change/", agenda.change_item, name="change_item"),
    path("meetings/items/<uuid:pk>/move/<slug:way>/", agenda.move_item, name="move_item"),
    path("meetings/items/<uuid:pk>/remove/", agenda.remove_item, name="remove_item"),
    path("meetings/<uuid:pk>/statement/", statements.add_statement, name="add_statement"),
    path(
        "meetings/statements/<uuid:pk>/correct/",
        statements.correct_statement,
        name="correct_statement",
    ),
    path(
        "meetings/statements/<uuid:pk>/remove/",
        statements.remove_statement,
        name="remove_statement",
    ),
    path("meetings/<uuid:pk>/draft/", drafts.draft_resolution, name="draft_resolution"),
    path("resolutions/<uuid:pk>/draft/", drafts.draft, name="draft"),
    path("resolutions/<uuid:pk>/remove/", drafts.remove_draft, name="remove_draft"),
    path("resolutions/<uuid:pk>/adopt/", drafts.adopt, name="adopt"),
    path("resolutions/<uuid:pk>/correct/", drafts.correct_resolution, name="correct_resolution"),
]

PROPOSALS = [
    path("bodies/<uuid:pk>/proposals/", proposals.proposals, name="proposals"),
    path("bodies/<uuid:pk>/propose/", proposals.propose, name="propose"),
    path("proposals/<uuid:pk>/sign/", proposals.endorse, name="endorse"),
    path("proposals/<uuid:pk>/take-back/", proposals.take_back, name="take_back_signature"),
    path("proposals/<uuid:pk>/withdraw/", proposals.withdraw, name="withdraw_proposal"),
    path("proposals/<uuid:pk>/decline/", proposals.decline, name="decline_proposal"),
    path("proposals/<uuid:pk>/take/", proposals.take, name="take_proposal"),
]

MINUTES = [
    path("meetings/<uuid:pk>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<uuid:pk>/minutes/draft/", minutes.minutes_draft, name="minutes_draft"),
    path("meetings/<uuid:pk>/minutes/seal/", minutes_steps.seal_minutes, name="seal_minutes"),
    path(
        "meetings/<uuid:pk>/minutes/correct/", minutes_steps.correct_minutes, name="correct_minutes"
    ),
    path("meetings/<uuid:pk>/minutes/end/", minutes_steps.end_correction, name="end_correction"),
    path("minutes/<uuid:pk>/pdf/", minutes.minutes_pdf_of, name="minutes_pdf"),
    path("minutes/<uuid:pk>/sign/", minutes_steps.sign_minutes, name="sign_minutes"),
    path("minutes/<uuid:pk>/withdraw/", minutes_steps.withdraw_minutes, name="withdraw_minutes"),
]

# What stands on paper: short, without a language, and never changed.
verify_patterns = [
    path("", verify.verify_form, name="verify_form"),
    path("<str:code>", verify.verify, name="verify"),
]

urlpatterns = [*REGISTER, *BODIES, *MEETINGS, *MINUTES, *PROPOSALS]

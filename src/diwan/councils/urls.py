"""The room's addresses: the register with its actions, and the bodies with their meetings."""

from django.urls import path

from diwan.councils.views import (
    actions,
    actions_add,
    actions_confirm,
    actions_steps,
    proofs,
    register,
    resolutions,
)

app_name = "councils"

REGISTER = [
    path("register/", register.register, name="register"),
    path("resolutions/<uuid:pk>/", resolutions.resolution, name="resolution"),
    path("resolutions/<uuid:pk>/add-action/", actions_add.add, name="add_action"),
    path("actions/<uuid:pk>/", actions.action, name="action"),
    path("actions/<uuid:pk>/<slug:step>/", actions_steps.step, name="action_step"),
    path("meetings/<uuid:pk>/confirm/", actions_confirm.confirm, name="confirm"),
    path("proofs/<uuid:pk>/", proofs.proof, name="proof"),
]

urlpatterns = [*REGISTER]

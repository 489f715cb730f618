"""Addresses under ``/<language>/account/``."""

from django.urls import path

from diwan.accounts.views import (
    again,
    elevation,
    invitations,
    notices,
    passwords,
    profile,
    sign_in,
    tokens,
    users,
)

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in-again/", again.sign_in_again, name="sign_in_again"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("switched-off/", sign_in.switched_off, name="switched_off"),
    path("profile/", profile.profile, name="profile"),
    path("notices/", notices.told, name="notices"),
    path("notices/choices/", notices.choices, name="notice_choices"),
    path("password/", profile.password, name="password"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.make_token, name="make_token"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("elevate/", elevation.elevate, name="elevate"),
    path("elevate/end/", elevation.end_elevation, name="end_elevation"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/new/<str:kind>/<uuid:target_id>/", invitations.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/withdraw/", invitations.withdraw, name="withdraw"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("new-password/<str:token>/", passwords.new_password, name="new_password"),
    path("users/", users.users, name="users"),
    path("users/new/", users.make_user, name="make_user"),
    path("users/<uuid:user_id>/", users.user, name="user"),
    path("users/<uuid:user_id>/password-link/", users.password_link, name="password_link"),
    *(
        path(
            f"users/<uuid:user_id>/{verb.replace('_', '-')}/",
            users.change,
            {"verb": verb},
            name=verb,
        )
        for verb in users.VERBS
    ),
]

"""The desk's addresses: home is one's own desk."""

from django.urls import path

from . import views

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("desk/unit/", views.unit, name="unit"),
    path("desk/word/", views.word, name="word"),
    path("posts/mine/", views.posts, name="posts"),
    path("posts/mine/<uuid:pk>/", views.choose_post, name="choose_post"),
    path("search/", views.search, name="search"),
]

"""What django-helpdesk takes for the same: a ticket filed, the list of tickets, one ticket's page.

Run by the Python of an environment of its own (`build/peers`), since nothing of it belongs to
Diwan: ``python tickets.py DATABASE_URL TICKETS TIMES`` prints one line of JSON. Tickets are
spread over queues as cases are over units, and stand in the same proportions of open and closed.
"""

import json
import sys
import time
from datetime import timedelta
from math import ceil
from urllib.parse import urlsplit

import django
from django.conf import settings

DATABASE, TICKETS, TIMES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
QUEUES, OPEN_SHARE, BATCH = 300, 0.02, 5000


def _database():
    parts = urlsplit(DATABASE)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
    }


settings.configure(
    DATABASES={"default": _database()},
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
        "django.contrib.sessions", "django.contrib.messages", "django.contrib.sites",
        "django.contrib.humanize", "django.contrib.staticfiles", "rest_framework", "helpdesk",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    ROOT_URLCONF="ticket_urls",
    SECRET_KEY="a benchmark",
    SITE_ID=1,
    STATIC_URL="/static/",
    USE_TZ=True,
    ALLOWED_HOSTS=["*"],
    LOGIN_URL="/login/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_TEAMS_MODE_ENABLED=False,
    HELPDESK_SUBMIT_A_TICKET_PUBLIC=True,
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
)  # fmt: skip
sys.modules["ticket_urls"] = type(sys)("ticket_urls")
django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from helpdesk.models import FollowUp, Queue, Ticket

sys.modules["ticket_urls"].urlpatterns = [path("", include("helpdesk.urls"))]


def fill():
    """Queues and tickets, unless they are there."""
    call_command("migrate", verbosity=0)
    user, _made = get_user_model().objects.get_or_create(
        username="clerk", defaults={"is_staff": True, "is_superuser": True}
    )
    if Ticket.objects.count() >= TICKETS:
        return user
    queues = Queue.objects.bulk_create(
        Queue(title=f"Unit {n}", slug=f"unit-{n}", allow_public_submission=True)
        for n in range(QUEUES)
    )
    now = timezone.now()
    for start in range(0, TICKETS, BATCH):
        tickets = Ticket.objects.bulk_create(
            Ticket(
                queue=queues[n % QUEUES],
                title=f"Permit {n}",
                description="A tree stands too near to the wall.",
                submitter_email="a@example.org",
                created=now - timedelta(minutes=n),
                modified=now - timedelta(minutes=n),
                status=Ticket.OPEN_STATUS if n % 100 < 100 * OPEN_SHARE else Ticket.CLOSED_STATUS,
                due_date=now + timedelta(days=n % 9 - 4),
                secret_key=f"{n:032d}",
            )
            for n in range(start, min(start + BATCH, TICKETS))
        )
        FollowUp.objects.bulk_create(
            FollowUp(ticket=ticket, title="Ticket opened", date=ticket.created, public=True)
            for ticket in tickets
        )
    return user


def timed(work):
    """The middle and nineteen in twenty of the milliseconds it takes."""
    found = []
    for n in range(TIMES + 3):
        started = time.perf_counter()
        work(n)
        if n > 2:
            found.append(1000 * (time.perf_counter() - started))
    found.sort()
    return [round(found[len(found) // 2], 2), round(found[ceil(0.95 * len(found)) - 1], 2)]


def main():
    """Measure and print."""
    user = fill()
    client, visitor = Client(), Client()
    client.force_login(user)
    queue = Queue.objects.order_by("pk")[0]
    submitted = reverse("helpdesk:submit")
    tickets = list(Ticket.objects.order_by("-pk").values_list("pk", flat=True)[:100])

    def file(n):
        sent = {
            "queue": queue.pk, "title": f"Filed {n}", "priority": 3,
            "body": "A tree stands too near to the wall.", "submitter_email": "b@example.org",
        }  # fmt: skip
        answer = visitor.post(submitted, sent)
        assert answer.status_code == 302, answer.content[:2000]

    def listed(n):
        from helpdesk.query import query_to_base64

        asked = query_to_base64(
            {
                "filtering": {"status__in": [1, 2], "queue__id__in": [queue.pk]},
                "sorting": "due_date",
            }
        )
        address = reverse("helpdesk:datatables_ticket_list", args=[asked])
        answer = client.get(address, {"start": 0, "length": 25, "draw": 1})
        assert answer.status_code == 200 and answer.json()["data"], answer.content[:2000]

    def shown(n):
        answer = client.get(reverse("helpdesk:view", args=[tickets[n % len(tickets)]]))
        assert answer.status_code == 200

    times = {"file": timed(file), "list": timed(listed), "page": timed(shown)}
    sys.stdout.write(json.dumps(times) + "\n")


main()

from typing import Any

from django.db import migrations, models


def freeze(apps: Any, schema_editor: Any) -> None:
    """What was adopted with days for objections keeps the posts that may object until now."""
    alias = schema_editor.connection.alias
    resolution = apps.get_model("councils", "Resolution")
    named = apps.get_model("councils", "Bylaws").objectors.through.objects.using(alias)
    objected = apps.get_model("councils", "Objection").objects.using(alias)
    through = resolution.objectors.through
    rows = resolution.objects.using(alias).filter(binding_date__isnull=False)
    for pk, body in rows.values_list("pk", "body").iterator():
        posts = set(named.filter(bylaws__body=body).values_list("post_id", flat=True))
        posts |= set(objected.filter(resolution=pk).values_list("post_id", flat=True))
        through.objects.using(alias).bulk_create(
            [through(resolution_id=pk, post_id=post) for post in sorted(posts)]
        )


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0004_handover_signatures"),
        ("councils", "0011_resolution_room"),
    ]

    operations = [
        migrations.AddField(
            model_name="resolution",
            name="objectors",
            field=models.ManyToManyField(related_name="+", to="directory.post"),
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop, elidable=True),
    ]

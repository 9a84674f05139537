"""The member's own rows of the ground floor: jobs and notifications."""

from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.accounts.actors import Actor
from dnm.api.serializers import NothingSerializer, StrictSerializer
from dnm.api.views import ScopedViewSet
from dnm.jobs.models import Job, JobState
from dnm.jobs.running import cancel_job
from dnm.notifications.inbox import address_of, mark_all_read, mark_read
from dnm.notifications.models import Notification


class JobSerializer(serializers.Serializer[Job]):
    """Long work that the reader started. `total` and `percent` are null while nobody knows."""

    id = serializers.UUIDField(source="uid")
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(JobState.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    result = serializers.DictField(child=serializers.JSONField())
    error = serializers.CharField()
    has_errors_file = serializers.SerializerMethodField()
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_has_errors_file(self, job: Job) -> bool:
        return bool(job.errors_file)


class JobViewSet(ScopedViewSet):
    """The reader's own jobs."""

    model = Job
    capability = ""
    serializer_class = JobSerializer

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Ask the job to stop: at once when it waits, after its present step when it runs."""
        job: Any = self.get_object()
        self.body()
        return self.shown(cancel_job(job=job, actor=self.actor, at=timezone.now()))


class NotificationSerializer(serializers.Serializer[Notification]):
    """What the reader was told, in the reader's language. `read_at` is null while it is unread."""

    id = serializers.UUIDField(source="uid")
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    urgent = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationDetailSerializer(NotificationSerializer):
    """`address` is the page of what it is about; null when the reader may not, or no longer, see that."""

    address = serializers.SerializerMethodField()

    def get_address(self, notification: Notification) -> str | None:
        request = self.context["request"]
        actor: Actor = request.actor
        path = address_of(notification, actor)
        return None if path is None else str(request.build_absolute_uri(path))


class ReadUpToSerializer(StrictSerializer):
    """The newest notification that was seen; without it, all there are."""

    up_to = serializers.UUIDField(required=False)


class MarkedSerializer(serializers.Serializer[Any]):
    """How many were unread before."""

    marked = serializers.IntegerField()


class NotificationFilters(django_filters.FilterSet):
    """What a list of notifications may be narrowed by."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields: list[str] = []


class NotificationViewSet(ScopedViewSet):
    """The reader's own notifications, as far as they are wanted in the portal."""

    model = Notification
    capability = ""
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    sorts = {"newest": ("-uid",)}

    def with_related(self, rows: Any) -> Any:
        return rows.in_portal()

    def get_serializer_class(self) -> Any:
        return NotificationSerializer if self.action == "list" else NotificationDetailSerializer

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:
        """The reader has seen it; a second time changes nothing."""
        notification: Any = self.get_object()
        self.body()
        mark_read(notification=notification, actor=self.actor, at=timezone.now())
        return self.shown(notification)

    @extend_schema(request=ReadUpToSerializer, responses=MarkedSerializer, filters=False)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """The reader has seen everything up to one of them."""
        values = self.body(ReadUpToSerializer)
        return Response({"marked": mark_all_read(**values, actor=self.actor, at=timezone.now())})

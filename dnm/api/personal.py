"""The member's own rows of the ground floor: jobs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from dnm.jobs.models import Job, JobState
from dnm.jobs.running import cancel_job


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

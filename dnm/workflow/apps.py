"""Registers dnm.workflow with Django."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "dnm.workflow"
    label = "workflow"
    verbose_name = "Workflow"

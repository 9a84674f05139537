"""Comments: a tab on every record that may be commented on, and writing one."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise, may
from dnm.web.tabs import Tab, register_tab
from dnm.web.timeline import Strand, register_strand
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from partners.domain.comments import comments_on, partner_of, record_of, write_comment
from partners.forms.comments import CommentForm
from partners.models import Comment
from partners.models.comments import Commentable, commentable, commentable_named, on_commentable
from partners.permissions.comments import CommentCapability

TAB = "comments"


class CommentView(ScopedObjectView):
    """The way from a comment to its record: where notifications lead."""

    model = Comment

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("subject_type")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(comments_of(record_of(self.get_object())))


class WriteCommentView(VerbFormView, ScopedObjectView):
    """Comment on a record in sight."""

    form_class = CommentForm
    title = _("Comment")
    submit = _("Comment")
    done = _("The comment is written.")

    @cached_property
    def kind(self) -> Commentable:
        found = commentable_named(self.kwargs["about"])
        if found is None:
            raise Http404
        return found

    @property
    def model(self) -> Any:  # type: ignore[override]
        return self.kind.model

    @property
    def capability(self) -> str:  # type: ignore[override]
        return self.kind.view

    @cached_property
    def record(self) -> Any:
        return self.get_object()

    def get_form(self) -> Any:
        authorise(self.actor, CommentCapability.WRITE, self.record)
        return super().get_form()

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), **_choices(self.record, self.actor)}

    def get_context_data(self) -> dict[str, Any]:
        return {"crumbs": [(str(self.record), comments_of(self.record))], "cancel": comments_of(self.record)}

    def perform(self, values: dict[str, Any]) -> str:
        write_comment(
            record=self.record,
            text=values["text"],
            is_internal=bool(values.get("is_internal")),
            files=values["attachments"],
            actor=self.actor,
            at=self.at,
        )
        return comments_of(self.record)


def comments_of(record: Any) -> str:
    """Where a record's comments stand."""
    return f"{record.get_absolute_url()}?tab={TAB}"


def register() -> None:
    """Called when the app starts: every record that may be commented on gets the tab."""
    on_commentable(_hang)


def _hang(kind: Commentable) -> None:
    label, template = _("Comments"), "partners/tabs/comments.html"
    register_tab(kind.model, Tab(TAB, label, CommentCapability.VIEW, template, _tab, 90, _rows))
    register_strand(kind.model, Strand(_rows, "text", "partners:comment", _("a file")))


def _rows(record: Any, actor: Actor) -> Any:
    return Comment.objects.visible_to(actor).about(record)


def _choices(record: Any, actor: Actor) -> dict[str, bool]:
    partner = partner_of(record)
    return {
        "may_be_internal": may(actor, CommentCapability.VIEW_INTERNAL, record),
        "may_be_shared": partner is not None and partner.parent_id is not None,
    }


def _tab(record: Any, actor: Actor) -> Mapping[str, Any]:
    writes = may(actor, CommentCapability.WRITE, record)
    return {
        "comments": comments_on(record, actor),
        "comment_form": CommentForm(**_choices(record, actor)) if writes else None,
        "about": commentable(type(record)).key,
    }

"""Which records of the organisation carry files and comments."""

from partners.models import Comment, Document, Partner, PublicationVersion
from partners.models.comments import Commentable, register_commentable
from partners.models.files import Subject, register_file_subject
from partners.permissions import PartnerCapability
from partners.permissions.comments import CommentCapability
from partners.permissions.content import ContentCapability
from partners.permissions.documents import DocumentCapability
from partners.permissions.files import FileCapability


def register() -> None:
    """Called when the app starts."""
    register_file_subject(Subject(Partner, FileCapability.VIEW, FileCapability.VIEW_INTERNAL))
    register_file_subject(Subject(Document, DocumentCapability.VIEW_CONTENT))
    register_file_subject(Subject(Comment, CommentCapability.VIEW))
    register_file_subject(Subject(PublicationVersion, ContentCapability.VIEW))
    register_commentable(Commentable(Partner, "partner", PartnerCapability.VIEW))
    register_commentable(Commentable(Document, "document", DocumentCapability.VIEW))

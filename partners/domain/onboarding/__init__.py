"""Taking on partners: tracks, applications, the applicant's own link, decisions, going live."""

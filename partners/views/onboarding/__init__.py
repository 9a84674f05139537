"""Pages of applications: the public one, the applicant's own, and the network's."""

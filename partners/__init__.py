"""Who and where: territories, the partner tree, affiliations, roles and the holdings that grant them.

Verbs stand in partners.domain. Leans on the ground floor only."""

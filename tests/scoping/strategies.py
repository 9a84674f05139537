"""Random grants over a forest."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dnm.accounts.actors import Grant
from partners.roles import Role
from tests.scoping.forest import Forest

quickly = settings(
    max_examples=30,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def grants(draw: st.DrawFn, forest: Forest) -> list[Grant]:
    """Up to four grants anywhere, narrowed or not."""

    def one() -> Grant:
        tree = draw(st.sampled_from(["partner", "territory"]))
        nodes = forest.partners if tree == "partner" else forest.territories
        node = draw(st.sampled_from([row.pk for row in nodes]))
        within = draw(st.none() | st.sampled_from([row.pk for row in forest.territories]))
        lines = draw(st.none() | st.frozensets(st.sampled_from([line.pk for line in forest.lines])))
        return Grant(
            role=draw(st.sampled_from(list(Role))),
            tree=tree,  # type: ignore[arg-type]
            node=node,
            level=forest.depth(tree, node),
            within=None if within is None else (within, forest.depth("territory", within)),
            lines=lines,
        )

    return [one() for _ in range(draw(st.integers(0, 4)))]

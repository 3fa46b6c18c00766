"""A metric whose labels tenants name, such as workflows: each environment has a bounded number of series."""

from __future__ import annotations

from typing import Generic, TypeVar

from prometheus_client.metrics import MetricWrapperBase

Metric = TypeVar("Metric", bound=MetricWrapperBase)

OTHER = "other"
"""The value of the labels of what comes beyond the bounds."""

MOST_SERIES = 500
"""Of one metric in one environment."""

MOST_ENVIRONMENTS = 1000


class Series(Generic[Metric]):
    """A metric with the label `environment`, and others behind it that may have any value.

    An environment's first `MOST_SERIES` combinations are told as they are; later ones together as `other`. So no push
    can fill the memory of the server, or of who collects.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._children: dict[tuple[str, ...], Metric] = {}
        self._counts: dict[str, int] = {}

    def of(self, environment: str, *names: str) -> Metric:
        """The series of these values, in the order of the metric's labels."""
        key = (environment, *names)
        found = self._children.get(key)
        if found is None:
            if environment not in self._counts and len(self._counts) >= MOST_ENVIRONMENTS:
                return self._metric.labels(*(OTHER,) * len(key))
            count = self._counts.get(environment, 0)
            if count >= MOST_SERIES:
                return self._metric.labels(environment, *(OTHER,) * len(names))
            self._counts[environment] = count + 1
            found = self._children[key] = self._metric.labels(*key)
        return found

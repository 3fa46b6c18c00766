"""Spans and metrics of runs and steps, sent to a collector of OpenTelemetry over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from auterity_sdk import __version__
from auterity_sdk.errors import ConfigurationError

Stop = Callable[[], None]


def start_otel(endpoint: str) -> Stop:
    """Send from now on; gives what sends the rest. Raises `ConfigurationError`.

    The standard variables say all else: `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES` and so on.
    """
    try:
        from opentelemetry import metrics, trace
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigurationError(
            "OpenTelemetry is on, and its exporter is not installed",
            help="pip install 'auterity[otel]', or leave AUTERITY_OTEL_ENDPOINT out",
        ) from None
    resource = Resource.create({"service.name": "auterity", "service.version": __version__})
    base = endpoint.rstrip("/")
    spans = OTLPSpanExporter(f"{base}/v1/traces")
    values = OTLPMetricExporter(f"{base}/v1/metrics")
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(BatchSpanProcessor(spans))
    metering = MeterProvider([PeriodicExportingMetricReader(values)], resource)
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(metering)

    def stop() -> None:
        tracing.shutdown()
        metering.shutdown()

    return stop

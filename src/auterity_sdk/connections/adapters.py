"""What may stand after `use` in a `[connections.NAME]` table, and what such a table may say."""

from __future__ import annotations

from auterity_sdk.connections.model_settings import (
    AzureSettings,
    LangChainSettings,
    OfflineModelSettings,
    OpenAISettings,
    RecordedModelSettings,
)
from auterity_sdk.connections.settings import (
    HttpSettings,
    OutboxSettings,
    Settings,
    SmtpSettings,
    StockFeedSettings,
)

ADAPTERS: dict[str, type[Settings]] = {
    "outbox": OutboxSettings,
    "smtp": SmtpSettings,
    "http": HttpSettings,
    "stock_feed": StockFeedSettings,
    "openai": OpenAISettings,
    "azure": AzureSettings,
    "langchain": LangChainSettings,
    "offline": OfflineModelSettings,
    "recorded": RecordedModelSettings,
}

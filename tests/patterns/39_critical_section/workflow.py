from auterity_sdk.workflow.builder import call, workflow


@workflow(name="critical-section")
def critical_section(vin: str) -> None:
    floor = call.options(lock=vin)("sell-car", by="floor")
    internet = call.options(lock=vin)("sell-car", by="internet")

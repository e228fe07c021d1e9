"""What lies on this machine: the call store and the pipeline files."""

from trunkline.calls.store import CallStore
from trunkline.checks.finding import Finding, fine, wrong
from trunkline.errors import SettingsError
from trunkline.settings import Settings
from trunkline.survey import Survey


async def database(settings: Settings) -> Finding:
    """Opens the call store and brings its tables up to date."""
    name = "database"
    try:
        store = CallStore(settings.database_url)
        await store.open()
    except SettingsError as error:
        return wrong(name, str(error), "see TRUNKLINE_DATABASE_URL; the folder must exist and be writable")
    kept = len(await store.calls(limit=1))
    await store.close()
    return fine(name, "opens, tables up to date" + ("" if kept else ", no calls yet"))


def pipelines(found: Survey) -> list[Finding]:
    """One finding for the lines that answer, one for each file that does not."""
    names = ", ".join(plan.line.name for _, plan in found.plans)
    remedy = "`trunkline lines` shows the pipelines"
    answering = [fine("pipeline files", f"{len(found.plans)} answer: {names}")] if found.plans else []
    failing = [wrong("pipeline files", str(error), remedy) for error in found.wrong]
    return [*answering, *failing] or [
        wrong("pipeline files", "none found", "name one: trunkline doctor FILE")
    ]

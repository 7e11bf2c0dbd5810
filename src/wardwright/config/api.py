"""The API with the routes of every app."""

from wardwright.api.documents import document_router
from wardwright.api.house import router as house
from wardwright.api.instance import api
from wardwright.api.reports import router as reports
from wardwright.apps.assets.api import router as assets
from wardwright.apps.assets.scan_api import router as scans
from wardwright.apps.directory.api import router as directory
from wardwright.apps.helpdesk.api import router as helpdesk
from wardwright.apps.lending.api import router as lending
from wardwright.apps.maintenance.api import router as maintenance
from wardwright.apps.maintenance.planning_api import router as planning
from wardwright.apps.notices.api import router as notices
from wardwright.apps.testing.api import router as testing
from wardwright.apps.testing.imaging_api import router as imaging
from wardwright.apps.testing.results_api import router as results
from wardwright.platform.attachments.owners import OWNERS

for router in (
    house,
    reports,
    directory,
    assets,
    scans,
    lending,
    testing,
    imaging,
    results,
    maintenance,
    planning,
    helpdesk,
    notices,
):
    api.add_router("", router)

#: Operations that nobody calls over the API, each with the reason. A contract test finds those that are forgotten here.
_SETUP = "part of setting a house up: the command line does it"
_STEP = "a step of a larger operation, which has the route"
_PAGE = "takes a file in the steps of a wizard: `wardwright import` does the same without a page"
_ONCE = "its answer is a secret that must not be kept for a second sender: the account's page and the command line"
_DOOR = "a step of coming in, or one's own second factor: where one logs in, with the browser's session"
_PEOPLE = "decided by a person on its page; what a directory does by itself comes by SCIM"
OPERATIONS_WITHOUT_ROUTE: dict[str, str] = {
    "directory.change_own_password": "a password is changed where one logs in",
    "directory.create_api_token": _ONCE,
    "maintenance.settle_record": _STEP,
    "directory.choose_language": "how one reads the pages: chosen there",
    "directory.create_provider": _PEOPLE,
    "directory.change_provider": _PEOPLE,
    "directory.add_group_role": _PEOPLE,
    "directory.remove_group_role": _PEOPLE,
    "directory.remove_second_factor": _PEOPLE,
    "directory.provision_user": "by SCIM, whose standard names the route",
    "directory.provision_group": "by SCIM, whose standard names the route",
    "assets.make_link": _ONCE,
    "links.open_link": _DOOR,
    "links.note_visit": _STEP,
    "links.revoke_link": _PEOPLE,
    "signon.add_passkey": _DOOR,
    "signon.add_totp": _DOOR,
    "signon.apply_groups": _STEP,
    "signon.confirm_with_passkey": _DOOR,
    "signon.connect_identity": _DOOR,
    "signon.disconnect_identity": _PEOPLE,
    "signon.end_session": _PEOPLE,
    "signon.end_sessions_at_provider": _DOOR,
    "signon.end_sessions_of": _PEOPLE,
    "signon.note_refusal": _DOOR,
    "signon.note_sign_out": _DOOR,
    "signon.remove_passkey": _DOOR,
    "signon.remove_totp": _DOOR,
    "signon.rename_passkey": _DOOR,
    "signon.renew_recovery_codes": _DOOR,
    "signon.set_groups_of_user": _STEP,
    "signon.set_members_of_group": _STEP,
    "signon.sign_in": _DOOR,
    "signon.sign_in_from_provider": _DOOR,
    "signon.use_passkey": _DOOR,
    "signon.use_second_factor": _DOOR,
    "maintenance.load_reference": _SETUP,
    "helpdesk.load_reference": _SETUP,
    "notices.load_reference": _SETUP,
    "notices.load_sources": _SETUP,
    "notices.bring_files": "takes files as a page sends them: over the API a notice comes from its source",
    "notices.bring_supplies": "takes a list as a page reads it: over the API it is `add_supply`",
    "notices.open_run_of_files": _STEP,
    "notices.keep_place": _STEP,
    "notices.close_run": _STEP,
    "notices.start_run": _STEP,
    "notices.take_in": _STEP,
    "notices.take_batch": _STEP,
    "notices.finish_run": _STEP,
    "notices.search_notices": "the house searches by itself: over the API it is `search_again`",
    "notices.search_devices": "the house searches by itself when a device comes or changes",
    "notices.search_models": _STEP,
    "notices.read_again": _STEP,
    "notices.carry_over": _STEP,
    "notices.mark_models": "notes what a search of the background has done",
    "notices.search_supplies": _STEP,
    "notices.settle_order": "the end of the work order does it",
    "notices.escalate_cases": "the house watches the clocks by itself, every hour",
    "helpdesk.note_reported_work": _STEP,
    "maintenance.carry_readings": "carries over what was there before measurements were: its job calls it",
    "testing.note_calibrations": "carries over what was there before calibrations were: its job calls it",
    "helpdesk.receive_mail": "takes a message as it came: the mailbox's job calls it",
    "helpdesk.send_request": "takes a photo from the portal: over the API it is `receive_request`",
    "testing.load_procedures": _SETUP,
    "testing.fail_run": _STEP,
    "testing.keep_figures": _STEP,
    "assets.load_label_formats": _SETUP,
    "maintenance.activate_waiting": _STEP,
    "maintenance.make_due_orders": _STEP,
    "maintenance.match_schedules": _STEP,
    "maintenance.replace_in_plans": _STEP,
    "testing.replace_type": _STEP,
    "lending.replace_type": _STEP,
    "lending.remind_overdue": "the house reminds by itself, once a day",
    "exchange.start_session": _PAGE,
    "exchange.set_mapping": _PAGE,
    "exchange.set_options": _PAGE,
    "exchange.map_and_check": _PAGE,
    "exchange.ask_check": _PAGE,
    "exchange.ask_commit": _PAGE,
    "exchange.begin_commit": _STEP,
    "exchange.discard_session": _PAGE,
    "exchange.fail_session": _STEP,
    "exchange.import_table": _STEP,
    "exchange.keep_check": _STEP,
    "exchange.write_session": _STEP,
    "reports.note_sent": _STEP,
    "webhooks.stop_webhook": "the system's own, after a long failure; anybody else changes is_active",
    "maintenance.add_photo": "the camera of the perform page; the work order's `…/documents` takes photos too",
}
TABLES_WITHOUT_REGISTER: dict[str, str] = {
    "assets.CountLine": "the lines of one count: `GET /counts/{count_id}/lines`",
}
api.add_router("", document_router(OWNERS.values()))

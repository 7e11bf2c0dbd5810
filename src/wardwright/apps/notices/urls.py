from django.urls import path

from wardwright.web.documents import document_urls

from . import panels
from .operations import EXPOSURES
from .views import cases, evidence, exposures, scopes, supplies

urlpatterns = [
    path("notices/", cases.case_list, name="notices"),
    path("notices/board/", cases.board, name="notice-board"),
    path("notices/report/", evidence.committee_report, name="committee-report"),
    path("notices/letter/", cases.type_letter, name="type-letter"),
    path("notices/none-owned/", cases.many_none_owned, name="cases-none-owned"),
    path("notices/cases/<int:case_id>/", cases.case_page, name="notice-case"),
    path("notices/cases/<int:case_id>/take/", cases.take_case, name="take-case"),
    path("notices/cases/<int:case_id>/plan/", cases.plan_case, name="plan-case"),
    path("notices/cases/<int:case_id>/note/", cases.note_case, name="note-case"),
    path("notices/cases/<int:case_id>/none-owned/", cases.none_owned, name="case-none-owned"),
    path("notices/cases/<int:case_id>/dismiss/", cases.dismiss_case, name="dismiss-case"),
    path("notices/cases/<int:case_id>/again/", cases.take_up_case, name="take-up-case"),
    path("notices/cases/<int:case_id>/merge/", cases.merge_case, name="merge-case"),
    path("notices/cases/<int:case_id>/quarantine/", cases.quarantine, name="quarantine-case"),
    path("notices/cases/<int:case_id>/work/", cases.order_work, name="order-case-work"),
    path("notices/cases/<int:case_id>/answer/", cases.answer_maker, name="answer-maker"),
    path("notices/cases/<int:case_id>/response/", evidence.response_form, name="case-response"),
    path("notices/cases/<int:case_id>/close/", cases.close_case, name="close-case"),
    path("notices/cases/<int:case_id>/reopen/", cases.reopen_case, name="reopen-case"),
    path("notices/cases/<int:case_id>/check/", cases.check_case, name="check-case"),
    path("notices/cases/<int:case_id>/decide/", exposures.decide_many, name="decide-exposures"),
    path("notices/cases/<int:case_id>/locate/", exposures.locate_many, name="locate-exposures"),
    path("notices/cases/<int:case_id>/settle/", exposures.settle_many, name="settle-exposures"),
    path("notices/devices/<int:exposure_id>/", exposures.exposure_page, name="exposure"),
    path("notices/devices/<int:exposure_id>/decide/", exposures.decide_one, name="decide-exposure"),
    path("notices/devices/<int:exposure_id>/locate/", exposures.locate_one, name="locate-exposure"),
    path("notices/devices/<int:exposure_id>/settle/", exposures.settle_one, name="settle-exposure"),
    path("notices/devices/<int:exposure_id>/name/", exposures.learn_alias, name="learn-alias"),
    *document_urls(EXPOSURES, "notices/devices/<int:exposure_id>/", "exposure"),
    path("notices/texts/<int:notice_id>/", scopes.notice_page, name="notice"),
    path("notices/texts/<int:notice_id>/confirm/", scopes.confirm_scope, name="confirm-scope"),
    path("notices/texts/<int:notice_id>/correct/", scopes.correct_scope, name="correct-scope"),
    path("notices/texts/<int:notice_id>/search/", scopes.search_again, name="search-notice"),
    path("notices/texts/<int:notice_id>/evidence/", evidence.search_evidence, name="search-evidence"),
    path(
        "notices/texts/<int:notice_id>/documents/<int:source_document_id>/",
        scopes.source_document,
        name="source-document",
    ),
    path("notices/searches/", evidence.search_list, name="notice-searches"),
    path("notices/searches/<int:search_id>/", evidence.search_page, name="notice-search"),
    path("notices/lots/", supplies.supply_list, name="supplies"),
    path("notices/lots/new/", supplies.new_supply, name="new-supply"),
    path("notices/lots/<int:supply_id>/", supplies.supply_page, name="supply"),
    path("notices/lots/<int:supply_id>/edit/", supplies.edit_supply, name="edit-supply"),
    path("notices/times/", supplies.time_list, name="response-times"),
    path("notices/times/<int:response_time_id>/", supplies.edit_times, name="response-time"),
    path("notices/assets/<int:asset_id>/panel/", panels.asset_notices, name="asset-notices-panel"),
]

from django.urls import path

from wardwright.web.documents import document_urls

from . import operations
from .views import instruments, procedures

urlpatterns = [
    path("procedures/", procedures.procedure_list, name="procedures"),
    path("procedures/new/", procedures.new_procedure, name="new-procedure"),
    path("procedures/<int:procedure_id>/", procedures.procedure_page, name="procedure"),
    path("procedures/<int:procedure_id>/draft/", procedures.draft_version, name="draft-version"),
    path("procedures/versions/<int:version_id>/", procedures.version_page, name="procedure-version"),
    path("procedures/versions/<int:version_id>/steps/", procedures.edit_version, name="edit-version"),
    path("procedures/versions/<int:version_id>/approve/", procedures.approve_version, name="approve-version"),
    path("procedures/versions/<int:version_id>/compare/", procedures.compare_versions, name="compare-versions"),
    path("instruments/", instruments.instrument_list, name="instruments"),
    path("instruments/new/", instruments.new_instrument, name="new-instrument"),
    path("instruments/<int:instrument_id>/", instruments.edit_instrument, name="instrument"),
    *document_urls(operations.INSTRUMENT_DOCUMENTS, "instruments/<int:instrument_id>/", "instrument"),
    path("instruments/<int:instrument_id>/calibration/", instruments.record_calibration, name="record-calibration"),
]

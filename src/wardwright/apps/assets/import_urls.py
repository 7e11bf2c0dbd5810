"""Addresses of the import wizard."""

from django.urls import path

from .views import imports

urlpatterns = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.new_import, name="new-import"),
    path("imports/<int:import_session_id>/", imports.import_page, name="import"),
    path("imports/<int:import_session_id>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:import_session_id>/options/", imports.import_options, name="import-options"),
    path("imports/<int:import_session_id>/check/", imports.import_check, name="import-check"),
    path("imports/<int:import_session_id>/start/", imports.start_import, name="start-import"),
    path("imports/<int:import_session_id>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<int:import_session_id>/result/", imports.import_result, name="import-result"),
    path("imports/<int:import_session_id>/not-taken.csv", imports.import_errors, name="import-errors"),
    path("imports/<int:import_session_id>/give-up/", imports.give_up_import, name="give-up-import"),
]

"""Addresses of the register, its catalogue and the search."""

from django.urls import path

from wardwright.web.documents import document_urls

from . import import_urls, operations, panels
from .views import catalogue, counting, devices, labels, merging, scanning, searching, steps

urlpatterns = [
    *import_urls.urlpatterns,
    path("search/", searching.search, name="search"),
    path("scan/", scanning.scan, name="scan"),
    path("labels/", labels.print_labels, name="print-labels"),
    path("labels/ready/", labels.labels_ready, name="labels-ready"),
    path("labels/file/", labels.labels_file, name="labels-file"),
    path("label-formats/", labels.label_formats, name="label-formats"),
    path("label-formats/new/", labels.new_label_format, name="new-label-format"),
    path("label-formats/<int:label_format_id>/", labels.edit_label_format, name="edit-label-format"),
    path("counts/", counting.counts, name="counts"),
    path("counts/new/", counting.new_count, name="new-count"),
    path("counts/<int:count_id>/", counting.count, name="count"),
    path("counts/<int:count_id>/scan/", counting.scan_counted, name="scan-counted"),
    path("counts/<int:count_id>/devices/<int:asset_id>/", counting.count_step, name="count-step"),
    path("counts/<int:count_id>/close/", counting.close_count, name="close-count"),
    path("not-located/", counting.not_located, name="not-located"),
    path("not-located/looked/", counting.look_again, name="look-again"),
    path("devices/", devices.device_list, name="devices"),
    path("devices/register/", devices.register_device, name="register-asset"),
    path("devices/model-options/", devices.model_options, name="model-options"),
    path("devices/move/", steps.move_devices, name="move-assets"),
    path("devices/status/", steps.change_devices_status, name="change-statuses"),
    path("devices/<int:asset_id>/", devices.device, name="asset"),
    path("devices/<int:asset_id>/edit/", devices.edit_device, name="edit-asset"),
    path("devices/<int:asset_id>/history/", devices.device_history, name="asset-history"),
    path("devices/<int:asset_id>/move/", steps.move_device, name="move-asset"),
    path("devices/<int:asset_id>/status/", steps.change_device_status, name="change-status"),
    path("devices/<int:asset_id>/quarantine/", steps.quarantine_device, name="quarantine-asset"),
    path("devices/<int:asset_id>/retire/", steps.retire_device, name="retire-asset"),
    path("devices/<int:asset_id>/parent/", steps.device_parent, name="asset-parent"),
    path("device-types/", catalogue.type_list, name="device-types"),
    path("device-types/new/", catalogue.new_type, name="new-device-type"),
    path("device-types/<int:device_type_id>/", catalogue.device_type, name="device-type"),
    path("device-types/<int:device_type_id>/edit/", catalogue.edit_type, name="edit-device-type"),
    path("device-types/<int:device_type_id>/spelling/", catalogue.add_type_spelling, name="add-type-spelling"),
    path("models/", catalogue.model_list, name="device-models"),
    path("models/new/", catalogue.new_model, name="new-device-model"),
    path("models/<int:device_model_id>/", catalogue.device_model, name="device-model"),
    path("models/<int:device_model_id>/edit/", catalogue.edit_model, name="edit-device-model"),
    path("models/<int:device_model_id>/spelling/", catalogue.add_model_spelling, name="add-model-spelling"),
    path("merge-queue/", merging.merge_queue, name="merge-queue"),
    path("merge-queue/<int:candidate_id>/", merging.decide_merge, name="decide-merge"),
    *document_urls(operations.ASSET_DOCUMENTS, "devices/<int:asset_id>/", "asset"),
    *document_urls(operations.MODEL_DOCUMENTS, "models/<int:device_model_id>/", "device-model"),
    *document_urls(operations.TYPE_DOCUMENTS, "device-types/<int:device_type_id>/", "device-type"),
    path("companies/<int:company_id>/models/", panels.company_models, name="company-models"),
    path("departments/<int:department_id>/devices/", panels.department_devices, name="department-devices"),
]

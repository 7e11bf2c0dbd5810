from django.urls import path

from . import login
from .pages import audit, guardrails, jobs, reports, saved_views, system

urlpatterns = [
    path("login/", login.log_in, name="login"),
    path("logout/", login.log_out, name="logout"),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/changes/<int:change_id>/", audit.audit_change, name="audit-change"),
    path("audit/rows/<slug:table>/<int:row_id>/", audit.audit_row, name="audit-row"),
    path("audit/verification/", audit.audit_verification, name="audit-verification"),
    path("settings/jobs/", jobs.job_list, name="jobs"),
    path("settings/jobs/recurring/", jobs.recurring_jobs, name="recurring-jobs"),
    path("settings/jobs/<int:job_id>/", jobs.job_page, name="job"),
    path("settings/jobs/<int:job_id>/retry/", jobs.retry_job, name="retry-job"),
    path("settings/guardrails/", guardrails.guardrail_list, name="guardrails"),
    path("settings/guardrails/<str:rule>/", guardrails.guardrail_level, name="guardrail"),
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/new/", saved_views.save_view, name="save-view"),
    path("views/columns/", saved_views.choose_columns, name="choose-columns"),
    path("views/<int:view_id>/", saved_views.saved_view, name="saved-view"),
    path("views/<int:view_id>/change/", saved_views.change_view, name="change-view"),
    path("views/<int:view_id>/remove/", saved_views.remove_view, name="remove-view"),
    path("views/<int:view_id>/send/", saved_views.send_view, name="send-view"),
    path("views/mails/<int:mail_schedule_id>/stop/", saved_views.stop_sending, name="stop-sending"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<slug:report>/", reports.report_page, name="report"),
    path("reports/<slug:report>/rows/", reports.report_rows, name="report-rows"),
    path("settings/system/", system.system, name="system"),
]

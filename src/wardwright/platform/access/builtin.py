"""Permissions that belong to access itself."""

from django.utils.translation import gettext_lazy as _

from .permissions import permission

MANAGE = permission("access.manage", _("Manage people, roles and access"))

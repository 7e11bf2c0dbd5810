"""The pages and claims of the provider; see ``provider.py``."""

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator

from .provider import NOW, claims


class Validator(OAuth2Validator):
    oidc_claim_scope = None

    def get_additional_claims(self, request):
        return claims(request)


class SomebodyIsThere:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = User.objects.get(username=NOW["name"])
        return self.get_response(request)


def be(request, name):
    NOW.update(name=name, groups=[g for g in request.GET.get("groups", "").split(",") if g])
    NOW["verified"] = request.GET.get("verified", "1") == "1"
    return HttpResponse("ok")


urlpatterns = [path("be/<str:name>/", be), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]

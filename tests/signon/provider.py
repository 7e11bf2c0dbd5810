"""A real OpenID provider (django-oauth-toolkit) in a process of its own: ``python -m tests.signon.provider PORT``.

Its people are signed in already, as at a hospital's own log-in after the first time: ``GET /be/<name>/?groups=a,b``
says who sits at the browser.
"""

from __future__ import annotations

import sys
from wsgiref.simple_server import make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

CLIENT, SECRET = "wardwright", "a secret between two programs"
NOW: dict = {"name": "ana", "groups": [], "verified": True}


def claims(request):
    user = request.user
    return {
        "name": user.get_full_name(),
        "preferred_username": user.username,
        "email": user.email,
        "email_verified": NOW["verified"],
        "groups": NOW["groups"],
        "sid": f"sid-{user.username}",
    }


def main(port: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    settings.configure(
        SECRET_KEY="provider",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.signon.provider_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "tests.signon.provider_urls.SomebodyIsThere",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OAUTH2_VALIDATOR_CLASS": "tests.signon.provider_urls.Validator",
            "SCOPES": {"openid": "who", "profile": "name", "email": "address"},
            "PKCE_REQUIRED": True,
        },
    )  # fmt: skip
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    for name in ("ana", "bob"):
        User.objects.create_user(name, f"{name}@hospital.example", first_name=name.title(), last_name="Reis")
    back = "http://127.0.0.1:8000/login/with/hospital/back/"
    Application.objects.create(
        client_id=CLIENT, client_secret=SECRET, client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=back, post_logout_redirect_uris="http://127.0.0.1:8000/login/", skip_authorization=True,
        algorithm="RS256", name="Wardwright",
    )  # fmt: skip
    with make_server("127.0.0.1", port, get_wsgi_application()) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.modules["tests.signon.provider"] = sys.modules["__main__"]
    main(int(sys.argv[1]))

"""A register that comes in as French and Spanish readers see it: what is guessed, doubted, refused and left out."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.factories import make_company, make_site, make_user

from wardwright.apps.assets import operations
from wardwright.apps.assets.models import MergeCandidate
from wardwright.kernel.said import Said, say
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.exchange.background import ask_check
from wardwright.platform.exchange.models import ImportSession
from wardwright.platform.exchange.operations import import_file, start_session
from wardwright.platform.jobs.worker import work

pytestmark = pytest.mark.django_db

REGISTER = (
    "Register of devices;;;;;;\n"
    "Asset no;Equipment;Make;Serial;;Purchase date;Warranty end date\n"
    "A-1;Infusion pump;B. Braun;S1;x;13/01/2025;31/02/2027\n"
    "A-2;Infusion pump;B. Braun;S2;y;14/01/2025;soon\n"
    "A-3;Infusion pump;B. Braun;S4;z;15/01/2025;15/01/2027\n"
    "A-4;Infusion pump;B. Braun;S5;z;16/01/2025;16/01/2027\n"
    ";;;;;;\n"
    "A-2;Infusion pump;B. Braun;S3;y;14/01/2025;\n"
)
RIGHTS = ["assets.import", "assets.view", "assets.register", "assets.merge", "exchange.see_all"]


def reader(language: str, *more: str) -> Client:
    client = Client()
    user = make_user(permissions=[*RIGHTS, *more], language=language)
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.fixture
def french() -> Client:
    make_site(name="Main")
    return reader("fr")


def upload(client: Client, data: str | bytes = REGISTER, name: str = "register.csv") -> str:
    """The page that answers."""
    sent = data if isinstance(data, bytes) else data.encode()
    file = SimpleUploadedFile(name, sent)
    return client.post(reverse("new-import"), {"file": file, "once": "u1"}, follow=True).content.decode()


def check(client: Client) -> ImportSession:
    session = ImportSession.objects.get()
    form = client.get(reverse("import-columns", args=[session.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    client.post(reverse("import-columns", args=[session.pk]), {**sent, "once": "c1"})
    session.refresh_from_db()
    return session


def test_a_file_that_cannot_be_read_is_refused_in_the_language_of_the_reader(french: Client) -> None:
    page = upload(french, b"%PDF-1.7 \x00", "register.pdf")
    assert "register.pdf\u00a0: C’est un document PDF, pas un tableau." in page
    assert "Exportez le registre en CSV ou XLSX." in page
    assert "This is" not in page and "Export the register" not in page


def test_numbers_inside_a_sentence_are_written_as_the_reader_writes_them(french: Client) -> None:
    page = upload(french, ";".join(f"h{n}" for n in range(1234)) + "\n" + ";" * 1233 + "x\n")
    assert "Une ligne a 1\u202f234 cellules" in page.replace("\u00a0", "\u202f")


def test_what_is_guessed_of_columns_and_dates_is_said_in_the_language_of_whoever_looks(french: Client) -> None:
    page = upload(french)
    assert "L’en-tête « Equipment » le dit (en)." in page.replace("\u00a0", " ")
    assert "13/01/2025 à la ligne 3 prouve le jour en premier." in page
    assert "Colonne E" in page and "1 × titre" in page and "1 × ligne vide" in page
    assert "says so" not in page and "proves" not in page and "Column E" not in page
    session = ImportSession.objects.get()
    spanish = reader("es").get(reverse("import-columns", args=[session.pk])).content.decode()
    assert "El encabezado «Equipment» lo dice (en)." in spanish
    why = "The heading “Equipment” says so (en). 100% of the values are types that we know."
    assert session.decisions["guesses"][1]["why"] == why


def test_rows_left_out_are_explained_in_the_language_of_whoever_looks(french: Client) -> None:
    upload(french)
    session = check(french)
    shown = french.get(reverse("import-check", args=[session.pk])).content.decode()
    assert "L’appareil figure dans une ligne précédente avec d’autres valeurs." in shown and "Une ligne vide." in shown
    warned = french.get(reverse("import-check", args=[session.pk]), {"show": "warned"}).content.decode()
    assert "Le mois 2 de 2027 n’a pas de jour 31." in warned and "is not a date" not in warned
    spanish = reader("es").get(reverse("import-check", args=[session.pk]), {"show": "warned"}).content.decode()
    assert "El mes 2 de 2027 no tiene día 31." in spanish and "Una fila vacía." in spanish
    assert session.counts["reasons"] == {
        "The device stands in an earlier row with other values.": 1,
        "An empty row.": 1,
    }


@pytest.mark.parametrize("by_worker", [False, True])
def test_the_file_of_rows_not_taken_is_in_the_language_of_whoever_asked_for_the_check(
    french: Client, by_worker: bool
) -> None:
    upload(french)
    session = check(french)
    if by_worker:
        with translation.override("es"):
            ask_check(by=System("test"), session_id=session.pk)
        work(stop=lambda: False, once=True)
    lines = french.get(reverse("import-errors", args=[session.pk])).content.decode("utf-8-sig").splitlines()
    said = "El mes 2 de 2027 no tiene día 31." if by_worker else "Le mois 2 de 2027 n’a pas de jour 31."
    assert lines[1].endswith(said)


def test_an_import_begun_before_sentences_were_kept_is_shown_as_it_was_written(french: Client) -> None:
    session = start_session(by=System("test"), target="assets", file_name="register.csv", data=REGISTER.encode())
    with open_change("test.old", System("test")):
        for guess in session.decisions["guesses"]:
            guess["why"] = "Because it was so."
        session.version += 1
        session.save()
    page = french.get(reverse("import-columns", args=[session.pk])).content.decode()
    assert page.count("Because it was so.") == len(session.decisions["guesses"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_programs_read_english_in_any_case(language: str) -> None:
    make_site(name="Main")
    with translation.override(language):
        answer = import_file(
            by=System("test"), target="assets", data=REGISTER.encode(), file_name="r.csv", dry_run=True
        )
    assert answer["reasons"] == {"The device stands in an earlier row with other values.": 1, "An empty row.": 1}
    assert answer["warnings"] == {"“soon” is not a date.": 1, "There is no day 31 in month 2 of 2027.": 1}
    assert answer["dates"]["Purchase date"]["evidence"] == "13/01/2025 in row 3 proves day first."


# The merge queue -----------------------------------------------------------------------------------------------------


def test_why_two_names_may_be_one_is_said_in_the_language_of_whoever_decides(french: Client) -> None:
    make_company(name="Northwind Medical", is_maker=True)
    register = "Asset no;Equipment;Make;Model\nA-1;Infusion pump;Northwind Medicl Systems;X1\n"
    import_file(by=System("test"), target="assets", data=register.encode(), file_name="r.csv")
    pair = MergeCandidate.objects.get(kind="company")
    assert (type(pair.why), pair.why) == (Said, "The names resemble each other.")
    page = french.get(reverse("merge-queue")).content.decode()
    assert "Les noms se ressemblent." in page and "resemble" not in page


def test_the_trail_shows_the_reason_as_a_sentence_too(french: Client) -> None:
    one, two = make_company(name="One"), make_company(name="Two")
    made = operations.propose_merge(
        by=System("test"), kind="company", left_id=one.pk, right_id=two.pk, why=say("The names resemble each other.")
    )
    french = reader("fr", "audit.view")
    page = french.get(reverse("audit-row", args=[MergeCandidate._meta.db_table, made.pk])).content.decode()
    assert "Les noms se ressemblent." in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Same wheels", "Same wheels"),
        ("x" * 400, "x" * 300),
        ('{"say":["{n}"],"values":{"n":1}}', '"say":["{n}"],"values":{"n":1}}'),
    ],
)
def test_what_somebody_types_is_no_sentence_of_the_kernel(typed: str, kept: str) -> None:
    one, two = make_company(name="One"), make_company(name="Two")
    made = operations.propose_merge(by=System("test"), kind="company", left_id=one.pk, right_id=two.pk, why=typed)
    made.refresh_from_db()
    assert (type(made.why), made.why) == (str, kept)


# Labels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/search/?q={}", "/devices/register/?udi={}", "/api/v1/scan?text={}"])
def test_a_label_that_cannot_be_right_is_explained_in_spanish(address: str) -> None:
    url = address.format(quote("(01)00614141000037(21)A"))
    page = reader("es").get(url, headers={"Accept-Language": "es"}).content.decode()
    assert "Dígito de control (número 00614141000037): 7 en lugar de 6 ((01)). Uno de sus dígitos es incorrecto" in page
    assert "check digit" not in page

"""Headings in many languages, values as evidence, and repeated groups."""

import pytest

from wardwright.kernel.tabular.groups import detect_groups
from wardwright.kernel.tabular.headings import propose_mapping
from wardwright.kernel.tabular.vocabulary import fields, heading_key

# language: heading=field, parted by a bar
LISTS = {
    "Spanish": (
        "N°=ignore|Código patrimonial=tag|Denominación del equipo=type|Marca=maker|Modelo=model|Serie=serial"
        "|Servicio=department|Fecha de adquisición=purchased_on|Valor de compra=purchase_cost|Estado=status"
        "|Fecha último mantenimiento=last_service_on|Próximo mantenimiento=next_service_on"
        "|Frecuencia=service_interval|Proveedor=supplier|Garantía hasta=warranty_until|Observaciones=notes"
        "|Clasificación de riesgo=risk|País de origen=country_of_origin|Vida útil (años)=expected_life_years"
    ),
    "French": (
        "N° d'inventaire=tag|Désignation=type|Marque=maker|Modèle=model|N° de série=serial|Service=department"
        "|Date de mise en service=installed_on|Prix d'achat TTC=purchase_cost|Fournisseur=supplier"
        "|Criticité=risk|État=status|Date dernière maintenance=last_service_on"
        "|Prochaine visite=next_service_on|Périodicité=service_interval|Bâtiment=building|Étage=floor"
        "|Salle=room|Remarques=notes"
    ),
    "German": (
        "Inv.-Nr.=tag|Gerätebezeichnung=type|Hersteller=maker|Typ=model|Seriennummer=serial"
        "|Kostenstelle=department|Standort=site|Raum-Nr.=room|Anschaffungsdatum=purchased_on"
        "|Anschaffungswert (EUR)=purchase_cost|Baujahr=manufactured_year|Letzte STK=last_service_on"
        "|Nächste STK=next_service_on|Prüfintervall=service_interval|Techniker=engineer|Risikoklasse=risk"
        "|Garantie bis=warranty_until|Bemerkungen=notes"
    ),
    "Portuguese": (
        "Patrimônio=tag|Equipamento=type|Fabricante=maker|Modelo=model|Nº de Série=serial|Setor=department"
        "|Data de Aquisição=purchased_on|Valor (R$)=purchase_cost|Situação=status"
        "|Última Preventiva=last_service_on|Próxima Preventiva=next_service_on|Periodicidade=service_interval"
        "|Criticidade=risk|Fornecedor=supplier|Obs.=notes"
    ),
    "Italian": (
        "Codice inventario=tag|Tipologia apparecchiatura=type|Produttore=maker|Modello=model|Matricola=serial"
        "|Reparto=department|Data collaudo=installed_on|Costo di acquisto=purchase_cost|Stato=status"
        "|Ultima manutenzione=last_service_on|Prossima verifica=next_service_on|Classe di rischio=risk"
        "|Ubicazione=location|Note=notes"
    ),
    "Vietnamese": (
        "STT=ignore|Mã thiết bị=tag|Tên thiết bị=type|Model=model|Số serial=serial|Hãng SX=maker"
        "|Nước SX=country_of_origin|Năm SX=manufactured_year|Khoa/Phòng=department"
        "|Nguyên giá (VNĐ)=purchase_cost|Tình trạng=status|Ngày bảo dưỡng gần nhất=last_service_on"
        "|Chu kỳ bảo dưỡng=service_interval|Nhà cung cấp=supplier|Ghi chú=notes"
    ),
    "Arabic": (
        "م=ignore|رقم الجهاز=tag|اسم الجهاز=type|الشركة المصنعة=maker|الموديل=model|الرقم التسلسلي=serial"
        "|القسم=department|تاريخ الشراء=purchased_on|السعر=purchase_cost|الحالة=status"
        "|تاريخ آخر صيانة=last_service_on|تاريخ الصيانة القادمة=next_service_on|ملاحظات=notes|المورد=supplier"
        "|بلد المنشأ=country_of_origin"
    ),
    "Chinese": (
        "序号=ignore|资产编号=tag|设备名称=type|规格型号=model|出厂编号=serial|生产厂家=maker|使用科室=department|启用日期=installed_on"
        "|购置金额(元)=purchase_cost|使用状态=status|保修截止日期=warranty_until|上次保养日期=last_service_on"
        "|下次保养日期=next_service_on|保养周期=service_interval|供应商=supplier|产地=country_of_origin|备注=notes"
    ),
    "Chinese, traditional": (
        "項次=ignore|財產編號=tag|儀器名稱=type|廠牌=maker|型號=model|序號碼=serial|使用單位=department|購買日期=purchased_on"
        "|單價=purchase_cost|備註=notes"
    ),
    "Turkish": (
        "Sıra No=ignore|Demirbaş No=tag|Cihaz Adı=type|Marka=maker|Model=model|Seri No=serial"
        "|Bulunduğu Birim=department|Alım Tarihi=purchased_on|Durumu=status|Açıklama=notes"
    ),
    "Indonesian": (
        "No=ignore|Kode Alat=tag|Nama Alat=type|Merk=maker|Tipe=model|No Seri=serial|Ruangan=room"
        "|Tahun Pengadaan=purchased_on|Kondisi=condition|Keterangan=notes"
    ),
    "Russian": (
        "№ п/п=ignore|Инвентарный номер=tag|Наименование оборудования=type|Производитель=maker|Модель=model"
        "|Заводской номер=serial|Отделение=department|Стоимость=purchase_cost"
    ),
    "Dutch": (
        "Inventarisnummer=tag|Apparaatsoort=type|Merk=maker|Type=model|Serienummer=serial|Afdeling=department"
        "|Kamer=room|Aanschafdatum=purchased_on|Volgend onderhoud=next_service_on"
    ),
    "Polish": (
        "Lp.=ignore|Nr inwentarzowy=tag|Nazwa urządzenia=type|Producent=maker|Typ/model=model"
        "|Nr fabryczny=serial|Oddział=department|Rok produkcji=manufactured_year|Uwagi=notes"
    ),
    "British": (
        "Asset ID=tag|Asset Description=type|Manufacturer Name=maker|Model Name=model|Serial Number=serial"
        "|Site=site|Building=building|Level=floor|Room=room|Cost Centre=department"
        "|Purchase Cost (£)=purchase_cost|Date Into Service=installed_on"
        "|Expected Life (Years)=expected_life_years|Service Provider=service_provider"
        "|PPM Interval (Months)=service_interval|Software Revision=software_version|GMDN Code=gmdn_code"
        "|Next PPM Due=next_service_on"
    ),
    "American": (
        "Equip ID=tag|Device Type=type|Mfg=maker|Model No.=model|Ser. No.=serial|Dept Name=department"
        "|Acq. Date=purchased_on|Acq. Cost=purchase_cost|Warr. Exp.=warranty_until|PM Sched=service_interval"
        "|Tech=engineer|Condition=condition|Comments=notes|Life Expectancy=expected_life_years"
    ),
    "two scripts": (
        "设备名称 Device Name=type|型号 Model=model|序列号 S/N=serial|科室 Department=department|品牌 Brand=maker"
        "|Asset No / رقم الأصل=tag"
    ),
    "badly spelt": (
        "Manufacuturer=maker|Serail Number=serial|Departmnet=department|Modle=model|Purchse Date=purchased_on"
        "|Asset Nubmer=tag"
    ),
}


@pytest.mark.parametrize("language", LISTS)
def test_headings_of_other_hospitals(language: str) -> None:
    pairs = [entry.rsplit("=", 1) for entry in LISTS[language].split("|")]
    guesses = propose_mapping([heading for heading, _ in pairs], [])
    assert {g.heading: g.field for g in guesses} == dict(pairs)


@pytest.mark.parametrize("written", ["LOG_Number", "Log number:", "log-number", "LogNumber", " LOG  NUMBER "])
def test_one_heading_many_ways(written: str) -> None:
    assert heading_key(written) == "log number"


def fields_of(headings: str, *rows: tuple) -> list[str | None]:
    return [guess.field for guess in propose_mapping(headings.split("|"), list(rows))]


def test_a_field_goes_to_one_column_only() -> None:
    guesses = propose_mapping(["Serial", "Serial Number", "S/N"], [])
    assert [g.field for g in guesses].count("serial") == 1


def test_dates_under_a_serial_heading_are_no_serials() -> None:
    assert fields_of("Serial", ("2020-01-05",), ("2020-01-06",), ("2020-01-07",)) == [None]


def test_row_counter_called_s_n_leaves_the_serial_to_the_other_column() -> None:
    rows = [(str(n), f"SX{n * 37}", "ICU") for n in range(1, 30)]
    assert fields_of("S/N|Serial No|Ward", *rows) == ["ignore", "serial", "department"]


def test_id_that_only_counts_rows_is_ignored_and_one_that_identifies_is_a_tag() -> None:
    assert fields_of("ID|Name", *[(n, "ECG") for n in range(1, 30)]) == ["ignore", "type"]
    assert fields_of("No|Name", *[(f"BMD-{n * 7}", "ECG") for n in range(1, 30)]) == ["tag", "type"]


def test_description_is_the_type_when_its_values_are_types() -> None:
    assert fields_of("Description", *[(name,) for name in ("ECG", "Ventilator", "Infusion pump")] * 10) == ["type"]
    assert fields_of("Description", *[(f"Long and special text number {n}",) for n in range(30)]) == ["description"]


def test_values_speak_where_the_heading_does_not() -> None:
    rows = [
        ("Drager", "VENTILATOR", "(01)09506000134352(21)A12"),
        ("Philips", "EKG", "(01)09506000134352(21)A13"),
        ("Zoll", "Defib", "(01)09506000134352(21)A14"),
    ]
    assert fields_of("Column A|Column B|Column C", *rows) == ["maker", "type", "udi"]


def test_warranty_in_words_is_not_a_date() -> None:
    assert fields_of("Warranty", ("2 years",), ("1 year",), ("3 years",)) == [None]


def test_allowed_fields_are_respected_and_every_guess_says_why() -> None:
    guesses = propose_mapping(["Serial", "Cost"], [], ["serial"])
    assert [(g.field, bool(g.why)) for g in guesses] == [("serial", True), (None, True)]


def test_no_field_is_without_words() -> None:
    assert {"tag", "serial", "maker", "model", "type", "department", "udi", "engineer", "umdns_code"} <= set(fields())


def groups_of(headings: str) -> list[tuple]:
    return [(g.label, g.order, dict(g.columns)) for g in detect_groups(headings.split("|"))]


def test_roman_quarters_with_roles() -> None:
    assert groups_of(
        "NO|PPM_Q_I_date|PPM_Q_I_engineer|PPM_Q_I_status|PPM_Q_II_date|PPM_Q_II_engineer|PPM_Q_II_status"
    ) == [
        ("PPM Q I", 1, {"date": 1, "engineer": 2, "status": 3}),
        ("PPM Q II", 2, {"date": 4, "engineer": 5, "status": 6}),
    ]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "Tag|Visit 1 Date|Visit 1 By|Visit 2 Date|Visit 2 By",
            [("VISIT 1", 1, {"date": 1, "engineer": 2}), ("VISIT 2", 2, {"date": 3, "engineer": 4})],
        ),
        ("Tag|T1 Date|T2 Date|T3 Date", [("T1", 1, {"date": 1}), ("T2", 2, {"date": 2}), ("T3", 3, {"date": 3})]),
        (
            "PM Date|Engineer|PM Date (2)|Engineer (2)",
            [("PM Date 1", 1, {"date": 0, "engineer": 1}), ("PM Date 2", 2, {"date": 2, "engineer": 3})],
        ),
        (
            "PM1 Planned|PM1 Done|PM2 Planned|PM2 Done",
            [("PM1", 1, {"due": 0, "done": 1}), ("PM2", 2, {"due": 2, "done": 3})],
        ),
        ("First PPM Date|Second PPM Date", [("FIRST", 1, {"date": 0}), ("SECOND", 2, {"date": 1})]),
        ("Phone 1|Phone 2|Phone 3", []),
        ("Serial|Serial 2|Model", []),
        ("Last PM Date|Next PM Date", []),
    ],
)
def test_shapes_of_groups(headings: str, expected: list[tuple]) -> None:
    assert groups_of(headings) == expected


def test_a_date_that_only_the_first_quarter_has() -> None:
    groups = groups_of("PPM_Q_I_date|PPM_Q_I_engineer|PPM_Q_II_engineer|PPM_Q_III_engineer")
    assert [columns for _, _, columns in groups] == [{"engineer": 1, "date": 0}, {"engineer": 2}, {"engineer": 3}]


def test_repeated_engineers_beside_years() -> None:
    headings = ["Tag", "PM 2024", "Engineer", "PM 2025", "Engineer (2)"]
    rows = [("1", "13/01/2024", "A", "13/01/2025", "B")] * 3
    groups = {guess.heading: guess.group for guess in propose_mapping(headings, rows)}
    assert groups == {
        "Tag": None,
        "PM 2024": "PM 2024",
        "Engineer": "PM 2024",
        "PM 2025": "PM 2025",
        "Engineer (2)": "PM 2025",
    }


def test_month_columns() -> None:
    months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    groups = detect_groups(f"Tag|{months}".split("|"))
    assert [(g.label, g.order, g.is_month, dict(g.columns)) for g in groups] == [
        (name, n, True, {"mark": n}) for n, name in enumerate(months.split("|"), 1)
    ]


def test_columns_of_a_group_get_no_field_of_their_own() -> None:
    guesses = propose_mapping(["Tag", "Visit 1 Date", "Visit 2 Date"], [])
    assert [(g.field, g.group) for g in guesses] == [("tag", None), (None, "VISIT 1"), (None, "VISIT 2")]


def test_an_unknown_heading_over_intervals_is_the_service_interval() -> None:
    assert fields_of("Zxq", ("annual",), ("6 months",), ("quarterly",)) == ["service_interval"]
    assert fields_of("Zxq", ("TESTER-01",), ("TESTER-02",), ("TESTER-03",)) == [None]


def test_sr_no_is_the_serial_number_unless_it_counts_the_rows() -> None:
    assert fields_of("Sr. No.", ("BPL/118",), ("BPL/119",), ("22-871",), ("AMRH01",), ("PT-11",)) == ["serial"]
    assert fields_of("Sr. No.", (1,), (2,), (3,), (4,), (5,)) == ["ignore"]

# ruff: noqa: E501 (lines as a register has them)
"""Registers of hospitals in the Americas, Africa and Asia."""

from __future__ import annotations

from .shapes import delimited, lines, page

# A code page with a byte-order mark; the service stands in a row of its own above its devices.
SPANISH = lines(
    """
HOSPITAL REGIONAL DEL NORTE;;;;;;;;;;
INVENTARIO DE EQUIPOS BIOMÉDICOS 2023;;;;;;;;;;
Nº;Cód. Patrimonial;Equipo;Marca;Modelo;Serie;Fecha de ingreso;Valor adq.;Estado operativo;Frecuencia MP;Último MP
UNIDAD DE CUIDADOS INTENSIVOS;;;;;;;;;;
1;740880370012;VENTILADOR VOLUMÉTRICO;MEDTRONIC;PB 840;3510120456;ene-21;S/ 98,500.00;OPERATIVO;SEMESTRAL;jul-23
2;740880370013;VENTILADOR VOLUMÉTRICO;PURITAN BENNETT;840;3510120457;ene-21;S/ 98,500.00;INOPERATIVO;SEMESTRAL;jul-23
3;740880370014;MONITOR DE FUNCIONES VITALES DE 8 PARÁMETROS;MINDRAY;BENEVIEW T8;CF-9C123456;15/06/2019;S/ 32,000.00;OPERATIVO;2 VECES AL AÑO;
Sub Total UCI;;;;;;;S/ 229,000.00;;;
CENTRO QUIRÚRGICO;;;;;;;;;;
4;740880370021;MÁQUINA DE ANESTESIA;GENERAL ELECTRIC;AESPIRE 7900;APHS01234;22/11/2016;S/ 145,900.00;OPERATIVO;TRIMESTRAL;03/08/2023
5;740880370022;ELECTROBISTURÍ MONO/BIPOLAR;VALLEYLAB;FORCE TRIAD;S/S;28/02/2014;S/ 38,400.00;DE BAJA;NO APLICA;
6;740880370023;LÁMPARA CIALÍTICA;BERCHTOLD;CHROMOPHARE F 528;S/N;13/05/2015;S/ 51,000.00;REGULAR;ANUAL;13/05/2023
7;740880370024;ASPIRADOR DE SECRECIONES;THOMAS;1630;NO TIENE;2010;S/ 2,100.00;FUERA DE SERVICIO;ANUAL;
Sub Total CENTRO QUIRÚRGICO;;;;;;;S/ 237,400.00;;;
EMERGENCIA;;;;;;;;;;
8;740880370031;DESFIBRILADOR CON MONITOR;NIHON KOHDEN;TEC-5621;06123;30/01/2018;S/ 28,700.00;OPERATIVO;SEMESTRAL;30/07/2023
9;740880370032;ELECTROCARDIÓGRAFO DE 12 CANALES;SCHILLER;AT-102 PLUS;560.012345;30/01/2018;S/ 12,300.00;BUENO;ANUAL;
9;740880370032;ELECTROCARDIÓGRAFO DE 12 CANALES;SCHILLER;AT-102 PLUS;560.012345;30/01/2018;S/ 12,300.00;BUENO;ANUAL;
TOTAL GENERAL;;;;;;;S/ 507,400.00;;;
Elaborado por: Ing. R. Quispe;;;;Revisado por: Ing. M. Salas;;;;;;
""",
    encoding="utf-8-sig",
)

# Months in columns, marks for the months with a visit, Brazilian money.
PORTUGUESE = lines(
    """
Tombamento;Equipamento;Fabricante;Modelo;N/S;Setor;Ano de Aquisição;Valor Aquisição;Criticidade;Situação;Jan;Fev;Mar;Abr;Mai;Jun;Jul;Ago;Set;Out;Nov;Dez
HC-00121;Monitor Multiparâmetro;Dixtal;DX 2023;091800123;UTI Adulto;2012;R$ 14.500,00;Alta;Em uso;X;;;;;;X;;;;;
HC-00122;Monitor Multiparâmetro;Philips/Dixtal;DX 2023;091800124;UTI Adulto;2012;R$ 14.500,00;Alta;Em manutenção;X;;;;;;X;;;;;
HC-00123;Ventilador Pulmonar;Intermed;Inter 5 Plus;I5P-2044;UTI Adulto;2010;R$ 42.000,00;Alta;Em uso;;X;;;X;;;X;;;X;
HC-00124;Bomba de Infusão;Hospira;Plum A+;16230011;UTI Neonatal;2015;R$ 3.850,00;Alta;Em uso;;;X;;;;;;X;;;
HC-00125;Incubadora;Fanem;Vision 2186;AB-3321;UTI Neonatal;2018;R$ 28.900,00;Média;Reserva técnica;;;;X;;;;;;X;;
HC-00126;Autoclave;Baumer;Hi Vac Plus;sem nº;CME;2009;R$ 135.000,00;Média;Inativo;;;;;;;;;;;;
HC-00127;Balança Antropométrica;Welmy;W200;21977;Ambulatório;2014;R$ 980,00;Baixa;Baixado;;;;;;;;;;;;
HC-00128;Desfibrilador;Instramed;Cardiomax;0712345;Pronto Socorro;2016;R$ 18.700,00;Alta;Em uso;X;;X;;X;;X;;X;;X;
"""
)

ARABIC = lines(
    """
م,رقم الجهاز,اسم الجهاز,الشركة المصنعة,الموديل,الرقم التسلسلي,القسم,تاريخ التركيب,السعر,الحالة,دورية الصيانة,تاريخ آخر صيانة
1,MOH-1001,جهاز تنفس صناعي,Dräger,Evita V300,ASAK-0021,العناية المركزة,٢٠١٨/٠٣/١٥,٩٥٠٠٠ ريال,يعمل,نصف سنوية,2023/09/15
2,MOH-1002,مونيتور,فيليبس,MX550,DE44120087,العناية المركزة,2019/07/01,24000 ريال,يعمل,سنوية,2023/07/01
3,MOH-1003,مضخة محاليل,B.Braun,Infusomat,لا يوجد,العناية المركزة,2016/11/20,6500 ريال,عاطل,سنوية,
4,MOH-1004,جهاز صدمات القلب,Zoll,R Series,AF14L031122,الطوارئ,2014/02/10,41000 ريال,تحت الصيانة,نصف سنوية,2023/08/10
5,MOH-1005,جهاز تخطيط القلب,Schiller,AT-2,190.2211,الطوارئ,2009/05/05,18000 ريال,تكهين,لا يوجد,
6,MOH-1006,حضانة أطفال,Atom,Rabee Incu i,1830044,الحضانة,2020/01/12,88000 ريال,جيد,ربع سنوية,2023/12/12
"""
)

CHINESE = lines(
    """
某某市人民医院医疗设备台账,,,,,,,,,,,,
序号,资产编号,设备名称,规格型号,生产厂家,出厂编号,使用科室,数量,单价（元）,购置日期,启用日期,设备状态,保养周期
1,2018YL00123,呼吸机,SV300,深圳迈瑞生物医疗电子股份有限公司,EH-81004411,重症医学科,1,"168,000.00",2018年5月20日,2018年6月1日,在用,每半年
2,2018YL00124,心电监护仪,iMEC10,迈瑞,EV-85002211,重症医学科,1,"18,500.00",2018年5月20日,2018年6月1日,在用,每年
3,2019YL00088,注射泵,WZ-50C6,浙江史密斯医学仪器有限公司,19040332,心内科,1,"3,600.00",2019.4.3,2019.4.15,维修,每年
4,2015YL00031,除颤仪,HeartStart XL+,飞利浦,USD1500441,急诊科,1,"65,000.00",2015/9/1,2015/9/10,在用,每季度
5,2010YL00007,彩色多普勒超声诊断系统,LOGIQ P5,GE,211345SU8,超声科,1,"780,000.00",2010-3-8,2010-3-20,报废,无
6,2020YL00210,输液泵,无,无,不详,儿科,1,"4,200.00",2020-07-01,,闲置,每年
""",
    encoding="gb18030",
)

# "Unicode text" of a spreadsheet: UTF-16, tabs; numbers a spreadsheet has rounded or shortened.
UNICODE_TEXT = delimited(
    [
        ["BME Inventory – District General Hospital", "", "", "", "", "", "", "", "", "", "", ""],
        [
            "Asset No.",
            "Equipment",
            "Make",
            "Model",
            "Serial No",
            "Ward",
            "Commissioned",
            "Cost",
            "Risk",
            "PPM freq",
            "Next PPM due",
            "Status",
        ],
        [
            "DGH001",
            "Syringe Driver",
            "Smiths Medical",
            "CME T34",
            "1.23E+11",
            "Ward 7",
            "Jan-21",
            "£1,150.00",
            "High",
            "12 M",
            "Jan-25",
            "In use",
        ],
        [
            "DGH002",
            "Syringe Driver",
            "CME Medical",
            "T34",
            "45012.0",
            "Ward 7",
            "Q2 2021",
            "£1,150.00",
            "High",
            "12 M",
            "Apr-25",
            "In use",
        ],
        [
            "DGH003",
            "Infusion Pump",
            "Alaris",
            "GP Plus",
            "800512345",
            "Ward 7",
            "2019",
            "£1,420",
            "Med",
            "24 M",
            "03/2025",
            "Faulty",
        ],
        ["DGH004", "Hoist", "Arjo", "Maxi Twin", "?", "Physio", "03/2019", "£3,200", "Low", "6 M", "02/2025", "In use"],
        [
            "DGH004",
            "Couch",
            "Huntleigh",
            "Akron",
            "AK-991",
            "Physio",
            "44197",
            "£1,890",
            "Low",
            "annual",
            "31/03/2025",
            "Condemned",
        ],
        [
            "DGH005",
            "ECG recorder",
            "GE",
            "MAC 2000",
            "SJQ12345678WA",
            "Cardiology",
            "12.05.19",
            "£3,990",
            "Med",
            "every 18 months",
            "12/11/2024",
            "Functional",
        ],
        [
            "DGH006",
            "Defib",
            "Zoll",
            "AED Pro",
            "X08J112233",
            "Reception",
            "17 Aug 2018",
            "$2,450",
            "High",
            "2x/yr",
            "17/02/2025",
            "functional",
        ],
        [
            "DGH007",
            "Patient Monitor",
            "GE Marquette",
            "Dash 3000",
            "A1B2-77",
            "Cardiology",
            "2006",
            "N/A",
            "Med",
            "annual",
            "nil",
            "condemned",
        ],
        [
            "DGH008",
            "Pulse oximeter",
            "Nonin",
            "2500",
            "A1B2-77",
            "Cardiology",
            "23/09/2016",
            "—",
            "Low",
            "annual",
            "unknown",
            "In use",
        ],
        ["", "", "", "", "", "", "", "", "", "", "", ""],
        ["Prepared by: ____________", "", "", "", "Signature", "", "", "", "Date", "", "", ""],
    ],
    delimiter="\t",
    encoding="utf-16",
)

# What aid organisations and ministries send round: no numbers at all, a quantity, a condition.
DONATIONS = delimited(
    [
        [
            "S/No",
            "Item description",
            "Make",
            "Model",
            "Serial No.",
            "Qty",
            "Unit price (USD)",
            "Total (USD)",
            "Condition",
            "Donor",
            "Remarks",
        ],
        ["1", "Oxygen concentrator", "DeVilbiss", "525KS", "", "4", "850", "3400", "New", "UNICEF", ""],
        ["2", "Pulse oximeter, handheld", "Edan", "H100B", "", "10", "180", "1800", "New", "UNICEF", ""],
        ["3", "Patient monitor", "Edan", "iM8", "M123456780", "1", "1450", "1450", "Good", "WHO", ""],
        [
            "4",
            "Suction machine, electric",
            "CA-MI",
            "New Askir 30",
            "nil",
            "2 pcs",
            "420",
            "840",
            "Fair",
            "WHO",
            "foot switch missing",
        ],
        ["5", "Delivery bed", "", "", "", "3", "", "", "Good", "Rotary Club", "locally made"],
        [
            "6",
            "Vacuum extractor",
            "Medela",
            "Basic",
            "1587412",
            "1",
            "1,900",
            "1,900",
            "Faulty",
            "Embassy",
            "no bottle",
        ],
        ["", "TOTAL", "", "", "", "21", "", "9390", "", "", ""],
    ],
    delimiter=",",
)

INDIAN = delimited(
    [
        [
            "Sl. No.",
            "Name of the Equipment",
            "Make & Model",
            "Sr. No.",
            "Dept. / Ward",
            "Date of Installation",
            "Cost (Rs.)",
            "AMC / CMC / Warranty",
            "Working / Not Working",
            "PM Done on",
            "PM Due on",
        ],
        [
            "1.",
            "Multipara Monitor",
            "BPL Excello",
            "BPL/EX/1188",
            "ICU",
            "12-06-2018",
            "1,25,000/-",
            "AMC",
            "Working",
            "05-01-2024",
            "05-07-2024",
        ],
        [
            "2.",
            "Multipara Monitor",
            "BPL Excello",
            "BPL/EX/1189",
            "ICU",
            "12-06-2018",
            "1,25,000/-",
            "AMC",
            "Not Working",
            "05-01-2024",
            "05-07-2024",
        ],
        [
            "3.",
            "Ventilator",
            "Maquet Servo-I",
            "22871",
            "ICU",
            "30-11-2014",
            "9,80,000/-",
            "CMC",
            "Working",
            "25-01-2024",
            "25-07-2024",
        ],
        [
            "4.",
            "Boyle's Apparatus",
            "GE Aestiva 5",
            "AMRH00123",
            "Main OT",
            "19-03-2012",
            "7,50,000/-",
            "Out of warranty",
            "Working",
            "25-01-2024",
            "25-07-2024",
        ],
        [
            "5.",
            "Syringe Pump",
            "Fresenius Kabi Agilia",
            "21440987",
            "NICU",
            "01-09-2019",
            "48,000/-",
            "AMC",
            "Working",
            "",
            "",
        ],
        [
            "6.",
            "Phototherapy",
            "Phoenix PT 2105",
            "PT-1187",
            "NICU",
            "01-09-2016",
            "32,500/-",
            "NA",
            "Condemned",
            "",
            "",
        ],
        [
            "7.",
            "X-Ray 300 mA",
            "Siemens Polydoros",
            "-",
            "Radiology",
            "2007",
            "14,00,000/-",
            "CMC",
            "Working",
            "14-12-2023",
            "14-06-2024",
        ],
    ],
    delimiter=",",
)

WEB_PAGE = page(
    [
        ["Control Number", "Description", "Manufacturer", "Model", "Serial", "Department", "Acq Date", "Status"],
        ["A-2001", "PUMP, INFUSION", "BAXTER", "SIGMA SPECTRUM", "712345", "ICU", "04/17/2016", "IN USE"],
        ["A-2002", "MONITOR, PATIENT", "GE MEDICAL SYSTEMS", "B40", "SK412", "PACU", "11/28/2017", "IN USE"],
    ]
)

# Typed by many hands: abbreviations, marks for "nothing", an interval in twelfths of a year.
DISTRICT = lines(
    """
sep=;
Equipment ID;Equipment;Make;Model;Serial no;Dept;Status;Last PPM Date;PPM Frequency;Remarks
KMH-001;ventilator ;maquet;servo i;"SN# 12345";ICU;Functional;31-Jan-24;Every 6 months;"ok
checked"
KMH-002;VENTILATOR;MAQUET;SERVO-I;S/N 12346;I.C.U.;functional;31-Jan-24;6 monthly;
KMH-003;Suction M/C;-;-;-;ICU;Non-Functional;;Quarterly;motor burnt
KMH-004;B.P Apparatus;Riester;;N/A;OPD;BER;;N/A;
KMH-005;Pt. Monitor;Contec;CMS8000;unknown;HDU;Functional (battery weak);02-Feb-24;6/12;
KMH-006;O.T Light;Dr Mach;;;OT;Functional;;3/12;
KMH-007;Cardiac Monitor;Nihon Kohden;BSM-2301K;03412;CCU;Under Repair;;1 yr;
KMH-008;Diathermy M/C;Martin;ME 402;A1225;OT;Functional;5.2.24;12/12;
"""
)

# The kind of device stands in a row of its own above the devices.
BY_KIND = lines(
    """
REGISTER OF MEDICAL EQUIPMENT,,,,,
S/N,Make,Model,Serial Number,Location,Year of Purchase
PATIENT MONITORS,,,,,
1,Mindray,PM-8000,BZ-1001,ICU,2009
2,Mindray,PM-9000,BZ-1002,ER,2011
INFUSION PUMPS,,,,,
1,Terumo,TE-112,11001,ICU,2015
2,Terumo,TE-112,11002,ICU,2015
AUTOCLAVES,,,,,
1,Tuttnauer,3870,2201441,CSSD,2013
"""
)

# A register of one ward after the other, titles numbered with Roman numerals, maker and country in one column.
VIETNAMESE = lines(
    """
STT,Tên thiết bị,Ký hiệu (Model),Số máy (Serial),Hãng/Nước sản xuất,Năm sử dụng,Số lượng,Nguyên giá,Tình trạng
I,KHOA HỒI SỨC,,,,,,,
1,Máy thở,Vela,AAT01234,CareFusion/Mỹ,2012,1,650.000.000,Hoạt động tốt
2,Bơm tiêm điện,TE-331,1205001,Terumo/Nhật Bản,2015,1,28.000.000,Hỏng
II,KHOA NGOẠI,,,,,,,
1,Dao mổ điện,SURTRON 300,SN-4452,LED SpA/Ý,2016,1,120.000.000,Đang sử dụng
"""
)

AMERICAN = delimited(
    [
        [
            "Equip Control #",
            "Equip Type",
            "Mfr",
            "Model #",
            "Serial #",
            "Dept #",
            "Department Name",
            "Acq Date",
            "Acq Cost",
            "Warranty Exp",
            "Equip Status",
            "PM Freq (mos)",
            "Last PM Completed",
            "Next PM Due",
        ],
        [
            "00010234",
            "INFUSION PUMP, VOLUMETRIC",
            "CAREFUSION",
            "8100",
            "0012345",
            "6010",
            "ICU - MED",
            "4/17/2016",
            "$2,345.00",
            "4/17/2018",
            "ACTIVE",
            "12",
            "03/28/2023",
            "03/31/2024",
        ],
        [
            "00010236",
            "PHYSIOLOGIC MONITOR, BEDSIDE",
            "PHILIPS MED SYS",
            "M8105A",
            "DE54321",
            "6010",
            "ICU - MED",
            "11/02/2011",
            "$8,120.00",
            "",
            "RETIRED",
            "12",
            "12/15/2020",
            "",
        ],
        [
            "00010237",
            "DEFIBRILLATOR/PACEMAKER",
            "PHYSIO-CONTROL",
            "LP20E",
            "44556677",
            "7020",
            "EMERG DEPT",
            "7/4/2019",
            "$11,400.00",
            "7/4/2021",
            "ACTIVE",
            "6",
            "09/14/2023",
            "03/31/2024",
        ],
    ],
    delimiter=",",
)

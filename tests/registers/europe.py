# ruff: noqa: E501 (lines as a register has them)
"""Registers of European hospitals."""

from __future__ import annotations

from .shapes import delimited, lines, open_document

FRENCH = lines(
    """
Centre Hospitalier Saint-Exupéry;;;;;;;;;;;
Inventaire du parc biomédical au 31/12/2023;;;;;;;;;;;
;;;;;;;;;;;
N° inventaire;Désignation;Marque;Modèle;N° de série;Service;Date de mise en service;Prix d'achat TTC;État;Périodicité maintenance;Dernière maintenance;Observations
BM-0001;Respirateur de réanimation;Dräger;Evita V500;ASBH-0044;Réanimation;12/03/2018;28 450,00 €;en service;annuelle;15/02/2023;
BM-0002;Respirateur de réanimation;DRAEGER;Evita V 500;ASBH-0045;Réanimation;12/03/2018;28 450,00 €;en service;annuelle;15/02/2023;
BM-0003;Moniteur multiparamétrique;Philips;IntelliVue MX450;DE61732845;Réanimation;03/09/2019;7 980,50 €;en panne;annuelle;;Écran HS
BM-0004;Pousse-seringue;Fresenius Vial;Module DPS;20154478;Réanimation;27/11/2015;1 250,00 €;en service;tous les 18 mois;14/06/2022;
BM-0005;Pousse-seringue;Fresenius Vial;Module DPS;20154479;Réanimation;27/11/2015;1 250,00 €;réformé;sans;;"Réformé en 2023
 remplacé par BM-0410"
BM-0006;Défibrillateur;Zoll;R Series;AF13K028411;Urgences;2013;9 800,00 €;en service;semestrielle;01/12/2023;
BM-0007;Échographe;GE Healthcare;Vivid S70;S70-012345;Cardiologie;06/2017;64 000,00 €;en service;annuelle;20/10/2023;
BM-0008;Bistouri électrique;ERBE;VIO 300 D;11375842;Bloc opératoire;04/05/2016;15 720,00 €;en maintenance;annuelle;;
BM-0009;Table d'opération;Maquet;Alphamaxx;sans;Bloc opératoire;18/01/2012;41 300,00 €;en service;annuelle;10/01/2023;
BM-0010;Autoclave;Getinge;GSS67H;S/N;Stérilisation;22/08/2011;112 000,00 €;hors service;2 fois par an;;
BM-0011;Pèse-personne;Seca;;néant;Pédiatrie;;189,90 €;en service;aucune;;
BM-0012;Oxymètre de pouls;Nellcor;OxiMax N-65;G07853921;Pédiatrie;30/06/2014;420,00 €;à réformer;annuelle;12/12/2021;
;;;;;;Total;310 521,40 €;;;;
;;;;;;;;;;;
Fait à Lyon, le 15/01/2024;;;;;;;;;;;
;;;;;;;;;Le responsable biomédical,;;
;;;;;;;;;J. Durand;;
""",
    encoding="cp1252",
)

GERMAN = lines(
    """
Inv.-Nr.;Geräteart;Hersteller / Typ;Serien-Nr.;Kostenstelle;Standort;Anschaffung;AK (EUR);letzte STK;nächste STK;STK-Intervall;MPG-Klasse;Gerätestatus
100234;Beatmungsgerät;Dräger Evita V500;ASCA-0017;4711 Intensivstation;Haus A;12.05.19;31.250,00;03.02.23;02.24;12 Monate;IIb;aktiv
100235;Beatmungsgerät;Dräger Evita V500;ASCA-0018;4711 Intensivstation;Haus A;12.05.19;31.250,00;03.02.23;02.24;12 Monate;IIb;aktiv
100236;Infusionspumpe;B. Braun Infusomat Space;0482771;4711 Intensivstation;Haus A;01.11.16;1.480,00;17.11.22;11.24;24 Monate;IIb;aktiv
100237;Spritzenpumpe;B.Braun Perfusor Space;0482990;4711 Intensivstation;Haus A;01.11.16;1.390,00;17.11.22;11.24;24 Monate;IIb;defekt
100238;Defibrillator;Corpuls corpuls3;k.A.;4720 Notaufnahme;Haus A;23.08.14;24.900,00;08.09.23;09.24;12 Monate;IIb;in Reparatur
100239;Patientenmonitor;Philips IntelliVue MP30;DE72817463;4720 Notaufnahme;Haus A;2012;6.200,00;entfällt;entfällt;entfällt;IIb;ausgemustert
100240;Ultraschallgerät;Siemens Healthineers ACUSON Juniper;404118;4730 Gynäkologie;Haus B;14.01.21;48.700,50;12.01.24;01.25;12 Monate;IIa;aktiv
100241;OP-Tisch;Trumpf TruSystem 7000;unbekannt;4740 OP;Haus B;07.07.17;52.300,00;20.07.23;07.24;12 Monate;I;aktiv
100242;HF-Chirurgiegerät;Erbe VIO 300 D;11377001;4740 OP;Haus B;07.07.17;16.400,00;20.07.23;07.24;12 Monate;IIb;aktiv
100243;Blutdruckmessgerät;boso carat professional;;4750 Ambulanz;Haus B;03.03.20;129,00;03.03.22;03.24;24 Monate;IIa;aktiv
100244;Säuglingswaage;Seca 376;1376144220913;4730 Gynäkologie;Haus B;19.09.22;890,00;;09.24;24 Monate;I;eingelagert
;;;;;;Summe:;214.129,50;;;;;
""",
    encoding="cp1252",
)

ITALIAN = lines(
    """
Azienda Ospedaliera San Carlo - Ingegneria Clinica
Elenco apparecchiature elettromedicali

Inventario,Classe tecnologica,Produttore,Modello,Matricola,Reparto,Ubicazione,Data collaudo,Costo (IVA incl.),Stato,Verifica elettrica,Scadenza verifica,Proprietà
EM 000871,Ventilatore polmonare,HAMILTON MEDICAL AG,HAMILTON-C6,10274,Rianimazione,"Pad. 3, piano 2",14/02/2020,"€ 24.990,00",attivo,annuale,14/02/2025,proprietà
EM 000872,Ventilatore polmonare,Hamilton Medical,Hamilton C6,10275,Rianimazione,"Pad. 3, piano 2",14/02/2020,"€ 24.990,00",attivo,annuale,14/02/2025,proprietà
EM 000873,Monitor,Mindray,BeneVision N17,FH-05001122,Rianimazione,"Pad. 3, piano 2",01/07/2021,"€ 6.450,00",attivo,annuale,01/07/2025,proprietà
EM 000874,Pompa a siringa,Becton Dickinson,Alaris GH Plus,800612345,Terapia intensiva neonatale,"Pad. 1, piano 4",30/09/2016,"€ 1.150,00",guasto,biennale,30/09/2024,comodato d'uso
EM 000875,Elettrocardiografo,Esaote,P8000,08812,Cardiologia,"Pad. 2, piano 1",22/11/2010,"€ 4.200,00",dismesso,,,proprietà
EM 000876,Ecotomografo,ESAOTE S.p.A.,MyLab X8,20194,Cardiologia,"Pad. 2, piano 1",05/05/2022,"€ 71.000,00",attivo,annuale,05/05/2025,noleggio
EM 000877,Defibrillatore,Physio Control,Lifepak 15,43210987,Pronto soccorso,"Pad. 5, piano 0",18/03/2015,"€ 13.800,00",fuori servizio,semestrale,18/09/2024,proprietà
EM 000878,Elettrobisturi,Valleylab,Force FX,F1B23456A,Blocco operatorio,"Pad. 4, piano 1",,"n.d.",in riparazione,annuale,01/01/2025,proprietà
EM 000879,Lampada scialitica,Trumpf,iLED 5,nd,Blocco operatorio,"Pad. 4, piano 1",09/10/2013,"€ 19.500,00",attivo,annuale,09/10/2024,donazione
"""
)

DUTCH = delimited(
    [
        [
            "Apparaatnr",
            "Omschrijving apparaat",
            "Fabrikant",
            "Type",
            "Serienr",
            "Afdeling",
            "Aanschafdatum",
            "Aanschafprijs",
            "Risico",
            "Onderhoudsinterval",
            "Laatste PM",
            "Volgende PM",
            "Status",
            "",
            "",
        ],
        [
            "MT-10021",
            "Infuuspomp",
            "BBraun",
            "Infusomat Space",
            "098112",
            "Intensive Care",
            "3-4-2017",
            "1.395,00",
            "B",
            "1x per jaar",
            "12-3-2023",
            "12-3-2024",
            "In gebruik",
            "",
            "",
        ],
        [
            "MT-10022",
            "Infuuspomp",
            "B Braun",
            "Infusomat Space P",
            "098113",
            "Intensive Care",
            "3-4-2017",
            "1.395,00",
            "B",
            "1x per jaar",
            "12-3-2023",
            "12-3-2024",
            "Defect",
            "",
            "",
        ],
        [
            "MT-10023",
            "Beademingsapparaat",
            "Maquet",
            "Servo-i",
            "41220",
            "Intensive Care",
            "21-1-2011",
            "27.000,00",
            "A",
            "2x per jaar",
            "5-6-2023",
            "5-12-2023",
            "Afgevoerd",
            "",
            "",
        ],
        [
            "MT-10024",
            "Patiëntmonitor",
            "Philips Medical Systems",
            "MX800",
            "DE83100217",
            "Intensive Care",
            "30-8-2019",
            "8.750,00",
            "A",
            "1x per jaar",
            "30-8-2023",
            "30-8-2024",
            "In gebruik",
            "",
            "",
        ],
        [
            "MT-10025",
            "Tillift",
            "Arjo Huntleigh",
            "Maxi Move",
            "onbekend",
            "Revalidatie",
            "2014",
            "4.100,00",
            "C",
            "1 x per 2 jaar",
            "n.v.t.",
            "n.v.t.",
            "In gebruik",
            "",
            "",
        ],
        [
            "MT-10026",
            "Bloeddrukmeter",
            "Welch Allyn",
            "Spot Vital Signs",
            "200512345",
            "Polikliniek",
            "15-5-2005",
            "890,00",
            "C",
            "geen",
            "",
            "",
            "Buiten gebruik",
            "",
            "",
        ],
    ],
    delimiter="\t",
)

TURKISH = lines(
    """
Sıra No;Demirbaş No;Cihaz Adı;Markası;Modeli;Seri No;Bulunduğu Servis;Alım Tarihi;Fiyatı;Durumu;Bakım Periyodu;Son Bakım Tarihi
1;253.02.01/15/12;Hasta Başı Monitörü;Nihon Kohden;BSM-3562;09112;Yoğun Bakım;05.06.2015;8.450,00 TL;Çalışıyor;6 Ay;11.01.2024
2;253.02.01/15/13;Hasta Başı Monitörü;NİHON KOHDEN;BSM 3562;09113;Yoğun Bakım;05.06.2015;8.450,00 TL;Arızalı;6 Ay;11.01.2024
3;253.02.01/16/04;Ventilatör;Maquet;Servo-s;38811;Yoğun Bakım;22.09.2016;54.000,00 TL;Çalışıyor;Yıllık;30.09.2023
4;253.02.01/11/31;EKG Cihazı;Schiller;AT-102;190.12345;Acil Servis;17.02.2011;6.300,00 TL;Hurda;-;-
5;253.02.01/18/02;Defibrilatör;Zoll;M Series;T07K98211;Acil Servis;01.10.2018;19.200,00 TL;Faal;6 Ay;02.02.2024
6;253.02.01/19/08;İnfüzyon Pompası;Abbott;Plum A+;14533218;Dahiliye;13.03.2019;3.150,00 TL;Depoda;Yıllık;13.03.2023
7;253.02.01/19/09;Aspiratör;Bıçakcılar;BA 40;yok;Ameliyathane;13.03.2019;1.980,00 TL;Çalışıyor;Yıllık;13.03.2023
8;253.02.01/20/01;Küvöz;Dräger;Isolette 8000;XF12345;Yenidoğan;07.08.2020;61.500,00 TL;Çalışıyor;6 Ay;07.02.2024
""",
    encoding="cp1254",
)

POLISH = lines(
    """
Lp.;Nr ewidencyjny;Nazwa aparatu;Producent;Typ;Nr fabryczny;Oddział;Rok produkcji;Data zakupu;Wartość brutto;Stan techniczny;Data ostatniego przeglądu;Data następnego przeglądu
1;SZP/0012;Respirator;Dräger;Evita 4;ARLK-0112;OIT;2006;12.04.2006;98 500,00 zł;sprawny;15.05.2023;15.05.2024
2;SZP/0013;Kardiomonitor;GE;Dash 4000;SD008123456GA;OIT;2009;03.11.2009;14 200,00 zł;sprawny;15.05.2023;15.05.2024
3;SZP/0014;Pompa infuzyjna strzykawkowa;Ascor;AP 14;11/04512;OIT;2011;20.06.2011;2 300,00 zł;niesprawny;18.05.2022;18.05.2023
4;SZP/0015;Defibrylator;Physio-Control;LIFEPAK 12;36112244;SOR;2008;30.09.2008;21 900,00 zł;sprawny;10.10.2023;10.10.2024
5;SZP/0016;Aparat EKG;Aspel;AsCARD Grey;b/d;Poradnia kardiologiczna;2010;15.12.2010;3 650,00 zł;do kasacji;brak;brak
6;SZP/0017;Aparat USG;Hitachi Aloka;Arietta 70;20231122;Zakład Diagnostyki Obrazowej;2019;05.02.2019;245 000,00 zł;sprawny;05.02.2024;05.02.2025
7;SZP/0018;Stół operacyjny;Famed;SU-03;0112;Blok operacyjny;2012;28.08.2012;61 200,00 zł;sprawny;01.09.2023;01.09.2024
8;SZP/0019;Inkubator zamknięty;Atom;V-2100G;1450322;Neonatologia;2014;17.03.2014;38 000,00 zł;w naprawie;17.03.2023;17.03.2024
""",
    encoding="cp1250",
)

CZECH_ODS = open_document(
    [
        [
            "Inventární číslo",
            "Název přístroje",
            "Výrobce",
            "Model",
            "Výrobní číslo",
            "Oddělení",
            "Datum pořízení",
            "Cena",
        ],
        ["DHM 4411", "Infuzní pumpa", "B. Braun", "Infusomat Space", "77120", "ARO", "14.5.2018", "38 900 Kč"],
        ["DHM 4412", "Defibrilátor", "Zoll", "X Series", "AR15C004411", "ARO", "2.10.2019", "245 000 Kč"],
        ["DHM 4413", "Ventilátor", "Dräger", "Savina 300", "ASDF-0011", "ARO", "21.1.2020", "610 000 Kč"],
    ]
)

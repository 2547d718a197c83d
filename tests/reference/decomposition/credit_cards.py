"""Gelbach's decomposition of the credit card data by pyfixest; see credit_cards.txt."""


def main() -> None:
    import pyfixest
    from statsmodels.datasets import ccard

    data = ccard.load_pandas().data.rename(columns=str.lower)
    print("pyfixest", pyfixest.__version__, list(data.columns), data.shape)
    fit = pyfixest.feols("avgexp ~ ownrent + age + income + incomesq", data=data, vcov="HC1")
    parts = {"age": ["age"], "income": ["income", "incomesq"]}
    found = fit.decompose(decomp_var="ownrent", combine_covariates=parts, only_coef=True, digits=9)
    print(found.tidy().to_string())


if __name__ == "__main__":
    main()

"""PySAL's indices of the four schools that the tests use; run with the package segregation, see indices.txt."""


def main() -> None:
    import geopandas
    import segregation
    from segregation.singlegroup import CorrelationR, Dissim, Entropy, Isolation

    members, totals = [40, 10, 90, 20], [200, 200, 150, 250]
    frame = geopandas.GeoDataFrame({"members": members, "totals": totals, "geometry": [None] * 4})
    print("segregation", segregation.__version__)
    for index in (Dissim, Isolation, CorrelationR, Entropy):
        found = index(frame, group_pop_var="members", total_pop_var="totals")
        print(index.__name__, f"{found.statistic:.12f}")


if __name__ == "__main__":
    main()

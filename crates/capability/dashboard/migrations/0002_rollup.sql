-- Owner: dashboard. Counts of the register by figure and place, written whole by dashboard.compute (row A20, C01;
-- product.md 42): what maps and drill-downs add up. area: a 12-digit code as the register has it, '' where none is
-- registered. people: people or findings; fen: a cycle's money; unpriced: findings without an amount.
CREATE TABLE dashboard_rollup (
  figure TEXT NOT NULL,
  area TEXT NOT NULL,
  people BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (figure, area)
);

"""twofa-lookup in a CSV file and in an SQLite database."""

import os
import sqlite3

from scenario import UNANSWERED, Scenario, demand, lines_of, parameters, \
    task_text, write


class LookupCsv(Scenario):
    name = "lookup-csv"
    program = "twofa-lookup"
    files = ("customers.csv",)
    address = "csv:customers.csv"

    def make(self, folder):
        write(f"{folder}/task.json", task_text("t1",
                                               CustomerIdentifier="000777"))
        with open(f"{folder}/customers.csv", "w", encoding="utf-8") as f:
            f.write("Number,SMSNumber\n")
            for n in range(1000):
                f.write(f"{n:06d},+44770090{n:04d}\n")

    def arguments(self):
        return ["-T", "2", "-d", self.address]

    def judge(self, folder, result, point):
        tasks = lines_of(result.out)
        for task in tasks:
            p = parameters(task)
            if "CustomerRecognized" in p:
                demand(p["CustomerRecognized"] == "Yes" and
                       p["SMSNumber"] == "+447700900777", f"answered {p}")
            else:
                demand(p.get("TwofaReason") in UNANSWERED, f"answered {p}")
                demand(result.status != 0, "status 0 without an answer")
        demand(len(tasks) == 1 or result.status != 0, "status 0 and no task")
        again = self.again(folder)
        demand(again.status == 0 and b'"Yes"' in again.out,
               f"the run after it: {again.status}: {again.err}")


class LookupSqlite(LookupCsv):
    name = "lookup-sqlite"
    files = ("customers.db",)
    address = "sqlite:customers.db"

    def make(self, folder):
        super().make(folder)
        with open(f"{folder}/customers.csv", encoding="utf-8") as f:
            rows = [line.strip().split(",") for line in f][1:]
        db = sqlite3.connect(f"{folder}/customers.db")
        db.execute("CREATE TABLE customers(Number TEXT PRIMARY KEY, "
                   "SMSNumber TEXT)")
        db.executemany("INSERT INTO customers VALUES(?, ?)", rows)
        db.commit()
        db.close()
        os.unlink(f"{folder}/customers.csv")

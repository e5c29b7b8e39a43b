"""The last environments that ended, for whoever wants to know what they did last and what ended them."""

from lambdatui.model.ids import EnvironmentId
from lambdatui.service.driver import Driver

REMEMBERED = 8


class Departed:
    """Only their drivers are kept, with the trails of their machines; their processes, places and files are gone."""

    def __init__(self) -> None:
        self._drivers: dict[EnvironmentId, Driver] = {}

    def add(self, driver: Driver) -> None:
        """It has ended; the one that ended first is forgotten for it."""
        self._drivers[driver.id] = driver
        if len(self._drivers) > REMEMBERED:
            del self._drivers[next(iter(self._drivers))]

    def __getitem__(self, environment_id: str) -> Driver:
        return self._drivers[EnvironmentId(environment_id)]

from loyalty_api.engine.models import User
from tests.factories.engine import LevelFactory, ProgramFactory, UserFactory


def test_user_update_keeps_absent_and_clears_null(caller):
    user = UserFactory(org=caller.program.org, city="Rome", phone="+39 1", birth_date="1990-05-01")

    answer = caller.send("PATCH", f"/users/{user.id}", {"city": None, "birthDate": None, "familyName": "Bianchi"})

    body = answer.json()
    assert answer.status_code == 200
    assert (body["city"], body["birthDate"], body["phone"]) == ("", None, "+39 1")
    assert (body["givenName"], body["familyName"]) == ("Ada", "Bianchi")
    assert caller.get(f"/users/{user.id}").json() == body


def test_user_custom_properties_written_as_a_list(caller):
    answer = caller.post(
        "/users",
        {"emailAddress": "a@example.org", "customProperties": [{"name": "size", "value": "M"}]},
    )

    read = caller.get(f"/users/{answer.json()['userId']}").json()
    assert answer["Location"].endswith(f"/loyalty/users/{read['userId']}")
    [size] = read["customProperties"]
    assert (size["name"], size["value"], len(size["id"])) == ("size", "M", 36)


def test_user_without_mail_address(caller):
    answer = caller.post("/users", {"givenName": "Ada"})

    assert answer.status_code == 400
    assert answer.json()["error"][0]["field"] == "emailAddress"
    assert not User.objects.exists()


def test_user_of_another_org(caller):
    foreign = UserFactory()

    assert caller.get(f"/users/{foreign.id}").json()["code"] == "USER_NOT_FOUND"
    assert caller.send("PATCH", f"/users/{foreign.id}", {"city": "X"}).status_code == 404


def test_body_that_is_no_json(caller):
    answer = caller.send("POST", "/users")

    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_FAILED"


def test_value_that_cannot_be_stored(caller):
    body = {"emailAddress": "a@example.org", "customProperties": [{"name": "a", "value": "\x00"}]}

    assert caller.post("/users", body).status_code == 400


def test_programs_of_the_org_only(caller):
    ProgramFactory()
    LevelFactory(program=caller.program, slug="gold", name="Gold", needed_status_points=1000)

    [program] = caller.get("/programs").json()

    assert program["programId"] == caller.program.code
    assert program["membershipOptins"] == ["email consent", "newsletter", "Post"]
    assert program["levels"] == [{"id": "gold", "name": "Gold", "neededStatePoints": 1000}]
    assert caller.get(f"/programs/{caller.program.code}").json() == program


def test_wrong_method(caller):
    answer = caller.send("DELETE", "/programs")

    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")

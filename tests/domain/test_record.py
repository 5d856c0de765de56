from domain.record import RECORDS, REJECTED, Field, FieldType

PERSONAL = ("name", "owner", "phone", "email", "address", "identity", "subject", "content")


def test_the_columns_of_a_dossier_land_in_their_fixed_order() -> None:
    names = " ".join(field.name for field in RECORDS["dossier"])
    assert names == (
        "dossier_code procedure_code procedure_name field_code field_name channel "
        "receiving_organisation competent_organisation receiving_area competent_area "
        "submitted_at received_at due_at finished_at returned_at refused_at withdrawn_at "
        "status deadline_precision pauses supplements digitised reused electronic_result "
        "has_fee paid_online apology reception_due_at updated_at"
    )


def test_every_record_has_a_key_and_its_types() -> None:
    keys = {kind: [f.name for f in fields if f.key] for kind, fields in RECORDS.items()}
    assert keys == {
        "dossier": ["dossier_code"],
        "dossier_event": ["dossier_code", "at", "status"],
        "document": ["document_id"],
        "document_status": ["document_id", "organisation", "status", "at"],
        "observation": ["metric", "area", "level", "period_start", "period_end"],
        "feedback": ["feedback_code"],
        "procedure": ["procedure_code", "owner_area", "valid_from"],
        "organisation": ["organisation_code", "valid_from"],
        "station_hour": ["station", "hour"],
    }
    assert Field("period_end", FieldType.DATE, key=True) in RECORDS["observation"]
    assert Field("as_reported", FieldType.FLAG) in RECORDS["observation"]
    assert Field("pauses", FieldType.PAUSES) in RECORDS["dossier"]
    assert Field("has_fee", FieldType.MAYBE) in RECORDS["dossier"]
    assert Field("receivers", FieldType.INT) in RECORDS["document"]


def test_no_column_can_hold_a_person() -> None:
    names = {field.name for fields in RECORDS.values() for field in fields}
    # The names of procedures, of their fields and of organisations; who offers a procedure.
    names -= {"procedure_name", "field_name", "name", "owner_area", "owner_organisation"}
    assert not [name for name in names if any(word in name for word in PERSONAL)]


def test_a_rejected_row_is_told_by_its_number_and_rule_without_values() -> None:
    assert [field.name for field in REJECTED] == ["row", "field", "rule", "reason"]
